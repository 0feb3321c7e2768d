import * as z from 'zod/mini'
import { apiKeySummary } from './api-keys.ts'
import { guestShare } from './shares.ts'

export const plans = ['free', 'pro'] as const
export type Plan = (typeof plans)[number]

export const accountStates = ['active', 'banned'] as const
export type AccountState = (typeof accountStates)[number]

/** Shown whenever a name is refused. */
export const usernameRule =
  'A username has 1 to 32 lower-case letters, digits, ".", "_" or "-", and starts with a letter or digit.'

/** Lower case only, so that no two names look alike in a list. */
export function isUsername(text: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,31}$/.test(text)
}

/** `GET /me`: whose key this is, what it may do, and the live rate-limit window. */
export const meReply = z.object({
  status: z.literal('ok'),
  username: z.string(),
  plan: z.string(),
  key: apiKeySummary,
  rate_limit: z.object({
    limit: z.number(),
    remaining: z.number(),
    reset: z.number().check(z.meta({ description: 'Unix epoch second when a slot frees.' })),
    window_seconds: z.number(),
  }),
  limits: z.object({ upload_max_bytes: z.number() }),
  share: z.optional(guestShare).check(
    z.meta({
      description:
        'What is shared, where the key is that of a link. An addition of Barkeep, where `GET /api/server` names `shares` in `additions`.',
    }),
  ),
})

export type Me = z.infer<typeof meReply>

/**
 * What this server can do beyond the reference of v1, a word each. The seven endpoints answer as the
 * reference says to whoever uses none of it.
 * - `limit`: `GET /files` takes `limit`, up to 1,000.
 * - `total`: where `limit` is given, its answer counts the files of the folder in `total`.
 * - `batch`: `POST /upload/batch` takes many files in one request.
 * - `notes`: a complete import names what it left out.
 * - `error_code`: a failed import says why in a word of `importErrorCodes`.
 * - `manage`: keys may have the scope `manage`: rename, move, copy, delete, folders, the trash.
 * - `rename_replace`: `POST /files/rename` takes `on_conflict`.
 * - `search`: `GET /search` finds files and folders by their names.
 * - `sort`: `GET /files` takes `sort` and `order`.
 * - `shares`: keys with the scope `manage` make links for people without a key.
 * - `thumbnails`: links take `?thumbnail=small`, `medium` and `large`.
 * - `details`: links take `?details`.
 * - `archive`: `POST /archive` makes a link to one zip of files and folders.
 * - `dimensions`: `GET /files` tells `width` and `height` of pictures that were looked at.
 * - `covers`: `GET /files` takes `covers`.
 * - `inspect`: `POST /import/inspect` looks at a link, and `video` of an import takes `folder`, `prefix` and
 *   `item`.
 * - `subscriptions`: lists are kept in step by imports of their own.
 * - `subscription_keep`: and keep only the newest videos of them, with `keep`.
 * - `resumable`: `/upload/resumable` takes a file in parts, by the tus protocol.
 * - `imports`: `GET /imports` lists imports, and tells of a running one what it does and how fast.
 * - `cancel_imports`: `POST /imports/cancel` ends many at once.
 * - `video_choices`: imports of videos take the fields of `video-choices.ts`.
 * - `cookies`: `/import/cookies` keeps sign-in cookies of sites for imports of videos.
 * - `sponsorblock`: among them `sponsorblock`, where whoever runs the server allows it.
 */
export const additions = [
  'limit',
  'total',
  'batch',
  'notes',
  'error_code',
  'manage',
  'rename_replace',
  'search',
  'sort',
  'shares',
  'thumbnails',
  'details',
  'archive',
  'inspect',
  'subscriptions',
  'subscription_keep',
  'resumable',
  'imports',
  'cancel_imports',
  'dimensions',
  'covers',
  'video_choices',
  'cookies',
  'sponsorblock',
] as const

/** What stands behind this address: an own store with accounts, or a gateway to a hosted service. */
export const serverReply = z.object({
  status: z.literal('ok'),
  mode: z.enum(['own', 'gateway']),
  version: z.string(),
  /** Of the store behind it: what it has of `additions`, and words that a newer one may know. */
  additions: z._default(z.array(z.string()), []),
})

export type ServerDescription = z.infer<typeof serverReply>
