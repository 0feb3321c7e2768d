import * as z from 'zod/mini'
import { importBody, videoOptions } from './imports.ts'
import { newFolderOrRoot } from './request-fields.ts'

/** An addition of Barkeep, where `GET /api/server` names `subscriptions`: lists that are kept in step. */

export const subscriptionsMax = 100

const id = z.string('id must be that of a subscription.').check(z.minLength(1), z.maxLength(100))
const hoursRule = 'every_hours must be a whole number from 1 to 168.'
const everyHours = z
  .int(hoursRule)
  .check(
    z.minimum(1, hoursRule),
    z.maximum(168, hoursRule),
    z.meta({ description: 'How often its source is looked at.' }),
  )
const folder = newFolderOrRoot.check(z.meta({ description: 'Where all of its files go.' }))
const keepRule = 'keep must be a whole number from 1 to 1,000, or null for all.'
const keep = z
  .nullable(z.int(keepRule).check(z.minimum(1, keepRule), z.maximum(1_000, keepRule)))
  .check(
    z.meta({
      description:
        'How many of its videos stay, null for all; where `additions` names `subscription_keep`. Takes the scope `manage`.',
    }),
  )
const video = {
  quality: videoOptions.shape.quality,
  subtitles: videoOptions.shape.subtitles,
  thumbnail: videoOptions.shape.thumbnail,
}

export const createSubscriptionBody = z.object({
  url: importBody.shape.url,
  title: z
    ._default(z.string(), '')
    .check(z.trim(), z.maxLength(500, 'title has at most 500 characters.')),
  folder,
  ...video,
  every_hours: z._default(everyHours, 24),
  keep: z._default(keep, null),
  only_new: z._default(z.boolean(), true).check(
    z.meta({
      description: 'Leaves what the list holds now, and imports only what comes later.',
    }),
  ),
})

export const changeSubscriptionBody = z.object({
  id,
  folder: z.optional(folder),
  quality: z.optional(video.quality),
  subtitles: z.optional(z.boolean()),
  thumbnail: z.optional(z.boolean()),
  every_hours: z.optional(everyHours),
  keep: z.optional(keep),
  state: z.optional(z.enum(['on', 'paused'])),
})

export const subscriptionBody = z.object({ id })

export const subscription = z.object({
  id: z.string(),
  url: z.string(),
  title: z.string(),
  folder: z.string(),
  quality: z.string(),
  subtitles: z.boolean(),
  thumbnail: z.boolean(),
  every_hours: z.number(),
  keep: z.optional(z.nullable(z.number())),
  keep_problem: z
    .optional(z.string())
    .check(z.meta({ description: 'Why more of its videos stay than `keep` says.' })),
  state: z.string().check(
    z.meta({
      description:
        '`on`, `paused`, or `stopped`, where the key or the account that it belongs to has lost access: `error` says which.',
    }),
  ),
  created_at: z.string(),
  last_look: z.nullable(z.string()),
  next_look: z.nullable(z.string()),
  is_looking: z.boolean(),
  imported: z.number().check(z.meta({ description: 'Entries of which an import was started.' })),
  error: z.optional(z.string()).check(z.meta({ description: 'Why the last look failed.' })),
  error_code: z.optional(z.string()),
})
export type Subscription = z.infer<typeof subscription>

export const subscriptionReply = z.object({ status: z.literal('ok'), subscription })
export const subscriptionsReply = z.object({
  status: z.literal('ok'),
  subscriptions: z.array(subscription),
})
