import * as z from 'zod/mini'
import { importBody, inspectEntriesMax } from './imports.ts'
import { offsetField } from './request-fields.ts'

/** An addition of Barkeep, where `GET /api/server` names `inspect`: a look at a link before it is imported. */

export const inspectPageSize = 500
const searchMaxLength = 200

export const inspectBody = z.object({
  url: importBody.shape.url,
  offset: offsetField.check(z.meta({ description: 'Of a list: go on from here.' })),
  search: z._default(z.string(), '').check(
    z.trim(),
    z.maxLength(searchMaxLength, 'search has at most 200 characters.'),
    z.meta({
      description: 'Of a list: only entries that have all these words in their titles.',
    }),
  ),
  order: z._default(z.enum(['source', 'newest']), 'source').check(
    z.meta({
      description: 'Of a list: as its source has it, or by date, the newest first.',
    }),
  ),
})

const entry = z.object({
  /** From 1, as the source counts. */
  position: z.number(),
  title: z.string(),
  link: z.string().check(z.meta({ description: 'For `POST /api/v1/import`.' })),
  item: z.optional(z.number()).check(
    z.meta({
      description: 'Where `link` is the page itself: which of its videos, for `video.item`.',
    }),
  ),
  duration: z.optional(z.number()).check(z.meta({ description: 'In seconds.' })),
  date: z.optional(z.string()).check(z.meta({ description: 'When it was published.' })),
  is_list: z.optional(z.boolean()).check(z.meta({ description: 'It holds several itself.' })),
  problem: z.optional(z.string()).check(
    z.meta({
      description: 'Why it probably cannot be imported, in words.',
    }),
  ),
})
export type InspectEntry = z.infer<typeof entry>

const inspectKinds = ['file', 'video', 'list', 'none'] as const

export const inspectReply = z.object({
  status: z.literal('ok'),
  kind: z.string().check(
    z.meta({
      description: `One of ${inspectKinds.join(', ')}; \`none\` where nothing can be imported, which \`error\` explains.`,
    }),
  ),
  title: z.optional(z.string()),
  size: z.optional(z.number()).check(z.meta({ description: 'Of a file, in bytes.' })),
  duration: z.optional(z.number()).check(z.meta({ description: 'In seconds.' })),
  is_live: z.optional(z.boolean()),
  picture: z.optional(z.string()).check(
    z.meta({
      description: 'A small picture as a `data:` address, so that nobody asks the site for it.',
    }),
  ),
  picture_note: z
    .optional(z.string())
    .check(z.meta({ description: 'Why there is no picture, although the source names one.' })),
  qualities: z.optional(
    z.array(
      z.object({
        height: z.number(),
        size: z.optional(z.number()).check(z.meta({ description: 'About, in bytes.' })),
      }),
    ),
  ),
  has_audio: z.optional(z.boolean()),
  subtitle_languages: z.optional(z.array(z.string())),
  audio_languages: z.optional(z.array(z.string())),
  chapters: z.optional(z.number()),
  entries: z.optional(z.array(entry)),
  total: z
    .optional(z.number())
    .check(z.meta({ description: 'Of a list: entries that match `search`.' })),
  has_dates: z.optional(z.boolean()),
  is_complete: z.optional(z.boolean()).check(
    z.meta({
      description: `Of a list: false where more is there than was read, which is ${inspectEntriesMax.toLocaleString('en')} entries or what came in time.`,
    }),
  ),
  limit: z.optional(z.number()),
  next_offset: z.optional(z.number()),
  has_more: z.optional(z.boolean()),
  error: z.optional(z.string()).check(z.meta({ description: 'As of a failed import.' })),
  error_code: z.optional(z.string()),
})
export type InspectReply = z.infer<typeof inspectReply>
