import * as z from 'zod/mini'
import { unseenName } from './file-name.ts'
import { folderPathField } from './request-fields.ts'

/**
 * Additions of Barkeep, where `GET /api/server` names `shares`: links by which somebody without a key
 * looks at a folder or a selection, or drops files into a folder.
 */

/** `read` is a share page, `upload` asks for files. */
export const shareKinds = ['read', 'upload'] as const
export type ShareKind = (typeof shareKinds)[number]

/** What the bearer of a link sends as a key: this, the link's secret and, after a password, more. */
export const guestKeyPrefix = 'csb_guest_'
export const sharesPerAccount = 1_000
const shareMaxItems = 1_000
export const shareMaxDays = 366
export const sharePasswordMinLength = 8
/** 1 PB: more than any disk here has, and exact in JSON. */
const shareMaxBytes = 2 ** 50

const maxBytesRule = 'max_bytes must be a whole number of bytes from 1 to 1,125,899,906,842,624.'

export const createShareBody = z.object({
  kind: z.enum(shareKinds).check(
    z.meta({
      description: '`read` shows what is there, `upload` takes files and shows nothing.',
    }),
  ),
  path: z
    .optional(folderPathField)
    .check(z.meta({ description: 'The folder. Either this or, to show a selection, `items`.' })),
  items: z
    .optional(
      z
        .array(z.string().check(z.minLength(1), z.maxLength(4_096)))
        .check(
          z.minLength(1, 'items must name at least one file or folder.'),
          z.maxLength(shareMaxItems, 'items must name at most 1,000 files and folders.'),
        ),
    )
    .check(z.meta({ description: 'Whole paths: `/Films/a.mp4` is a file, `/Films/` the folder.' })),
  name: z
    .optional(
      z.string().check(
        z.trim(),
        z.minLength(1, 'A name needs at least one character.'),
        z.maxLength(100, 'A name has at most 100 characters.'),
        z.refine((name) => !unseenName.test(name), 'A name needs a character that can be seen.'),
        z.refine((name) => name.isWellFormed(), 'A name must be valid Unicode.'),
        z.refine((name) => !/\p{Cc}/u.test(name), 'A name must not contain control characters.'),
      ),
    )
    .check(z.meta({ description: 'What the page is called; that of the folder if left out.' })),
  expires_at: z.iso
    .datetime({ offset: true })
    .check(z.meta({ description: 'When the link ends: within 366 days.' })),
  max_bytes: z
    .optional(
      z
        .int({ error: maxBytesRule })
        .check(z.minimum(1, maxBytesRule), z.maximum(shareMaxBytes, maxBytesRule)),
    )
    .check(z.meta({ description: 'With `upload`: how many bytes the link takes, all in all.' })),
  password: z
    .optional(
      z
        .string()
        .check(
          z.minLength(sharePasswordMinLength, 'A password has at least 8 characters.'),
          z.maxLength(256, 'A password has at most 256 characters.'),
        ),
    )
    .check(z.meta({ description: 'Asked for before anything is shown or taken.' })),
})

/** A link as its owner sees it: never its secret. */
const share = z.object({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  state: z.string().check(
    z.meta({
      description: '`live`, `expired`, or `gone` while what it shares is not there.',
    }),
  ),
  path: z.nullable(z.string()).check(
    z.meta({
      description: 'Where the folder is now; null for a selection, and while it is gone.',
    }),
  ),
  items: z
    .number()
    .check(z.meta({ description: 'How many files and folders of a selection are there; else 0.' })),
  has_password: z.boolean(),
  created_at: z.string(),
  expires_at: z.string(),
  last_used_at: z.nullable(z.string()),
  max_bytes: z.nullable(z.number()),
  used_bytes: z.number().check(z.meta({ description: 'What has come by this link so far.' })),
  files: z.number().check(z.meta({ description: 'How many files have come by it.' })),
})
export type Share = z.infer<typeof share>

export const createShareReply = z.object({
  status: z.literal('ok'),
  share,
  link: z
    .string()
    .check(z.meta({ description: 'The page for whoever has it. Told once; only a hash is kept.' })),
})
export type CreatedShare = z.infer<typeof createShareReply>

export const sharesReply = z.object({
  status: z.literal('ok'),
  shares: z.array(share).check(z.meta({ description: 'The newest first.' })),
})

export const revokeSharesBody = z.object({
  ids: z
    .array(z.string().check(z.minLength(1), z.maxLength(200)))
    .check(
      z.minLength(1, 'ids must name at least one link.'),
      z.maxLength(sharesPerAccount, 'ids must name at most 1,000 links.'),
    ),
})

export const revokeSharesReply = z.object({
  status: z.literal('ok'),
  results: z
    .array(
      z.object({
        id: z.string(),
        status: z.string().check(z.meta({ description: '`ok` or `error`.' })),
        code: z.optional(z.string()),
        message: z.optional(z.string()),
      }),
    )
    .check(z.meta({ description: 'One for each id, in their order.' })),
})

export const openShareBody = z.object({
  secret: z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(200),
      z.meta({ description: 'What stands behind the `#` of the link.' }),
    ),
  password: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
})

export const openShareReply = z.object({
  status: z.literal('ok'),
  kind: z.string(),
  key: z
    .nullable(z.string())
    .check(
      z.meta({ description: 'For the `Authorization` header; null while a password is missing.' }),
    ),
})

/** What `GET /me` tells who came by a link. */
export const guestShare = z.object({
  kind: z.string(),
  name: z.string(),
  max_bytes: z.nullable(z.number()),
  used_bytes: z.number(),
})
