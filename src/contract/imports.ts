import * as z from 'zod/mini'
import { fileNameField, limitField, newFolderField, offsetField } from './request-fields.ts'
import { videoChoices } from './video-choices.ts'

/** What is read of a list: the rest is not looked at. */
export const inspectEntriesMax = 5_000

export const importTypes = ['auto', 'file', 'video'] as const

const taskStates = ['running', 'completed', 'failed', 'cancelled'] as const
export type TaskState = (typeof taskStates)[number]

/** Heights that the app offers; the API takes any height from 1 to 9999. */
export const videoHeights = ['2160', '1440', '1080', '720', '480', '360'] as const

const videoQuality = z
  .string()
  .check(
    z.regex(
      /^(best|audio|[1-9]\d{0,3})$/,
      'video.quality must be "best", "audio" or a height like "1080".',
    ),
  )

export const videoOptions = z.object({
  quality: z
    ._default(videoQuality, 'best')
    .check(z.meta({ description: '`best`, `audio`, or the greatest height, such as `1080`.' })),
  subtitles: z._default(z.boolean(), false),
  thumbnail: z._default(z.boolean(), false),
  // Where `GET /api/server` names `inspect`.
  folder: z.optional(newFolderField).check(
    z.meta({
      description: 'An addition of Barkeep: where all files go, in place of a folder of the title.',
    }),
  ),
  prefix: z
    .optional(z.string().check(z.maxLength(20, 'video.prefix has at most 20 characters.')))
    .check(z.meta({ description: 'An addition of Barkeep: what names begin with, as `01 `.' })),
  item: z
    .optional(z.int().check(z.minimum(1), z.maximum(inspectEntriesMax)))
    .check(z.meta({ description: 'An addition of Barkeep: which video of the page.' })),
  ...videoChoices,
})

export type VideoOptions = z.infer<typeof videoOptions>

/** `path` and `filename` are for file imports; a video goes to a folder of its own title. */
export const importBody = z.object({
  url: z
    .string()
    .check(
      z.minLength(1, 'url must not be empty.'),
      z.maxLength(8192, 'url has at most 8,192 characters.'),
      z.meta({ description: 'An http or https address of a file, or of a page with a video.' }),
    ),
  type: z._default(z.enum(importTypes), 'auto'),
  path: z
    .optional(newFolderField)
    .check(z.meta({ description: 'The folder for a file, `/` if left out.' })),
  filename: z
    .optional(fileNameField)
    .check(z.meta({ description: 'The name for a file; its source names it if left out.' })),
  video: z.prefault(videoOptions, {}),
})

export type ImportBody = z.infer<typeof importBody>
/** What a client may send: every field but `url` may be left out. */
export type ImportRequest = z.input<typeof importBody>

export const importReply = z.object({
  status: z.literal('ok'),
  type: z.string(),
  task_id: z.string(),
})

export type ImportReply = z.infer<typeof importReply>

const taskIdRule = 'task_id must be an id that an import was given.'
const taskId = z
  .string(taskIdRule)
  .check(
    z.minLength(1, taskIdRule),
    z.maxLength(200, taskIdRule),
    z.meta({ description: 'As `POST /api/v1/import` gave it.' }),
  )

export const importStatusQuery = z.object({ task_id: taskId })

/** Something that was left out or went otherwise than asked, though the import is complete. */
export const importNote = z.object({
  code: z.string().check(z.meta({ description: 'Why, for programs; more may come.' })),
  file: z.optional(z.string()).check(z.meta({ description: 'The file it is about.' })),
  message: z.string().check(z.meta({ description: 'In words, for people.' })),
})

export type ImportNote = z.infer<typeof importNote>

/** Why an import failed, as far as somebody can act on it. An addition of Barkeep; more may come. */
export const importErrorCodes = [
  'bad_link',
  'link_expired',
  'private_address',
  'sign_in_required',
  'not_available',
  'outdated_program',
  'live',
  'no_video',
  'unusable_format',
  'too_large',
  'bad_answer',
  'insecure_site',
  'wrong_scheme',
  'site_error',
  'retry_later',
  'server_full',
  'server_error',
  'feature_disabled',
  'invalid_key',
  'premium_required',
  'account_unavailable',
] as const

export type ImportErrorCode = (typeof importErrorCodes)[number]

/** What a running import does. An addition of Barkeep; more may come. */
export const importStages = ['waiting', 'looking', 'downloading', 'joining', 'storing'] as const

export type ImportStage = (typeof importStages)[number]

/** How far a running import is, as far as that is known: absent fields are not. */
const importProgress = {
  stage: z.optional(z.string()).check(
    z.meta({
      description: `An addition of Barkeep: what a running import does: ${importStages.join(', ')}; more may come.`,
    }),
  ),
  part: z.optional(z.number()).check(
    z.meta({
      description:
        'An addition of Barkeep: which part is downloaded, from 1, where a video comes in several.',
    }),
  ),
  parts: z
    .optional(z.number())
    .check(z.meta({ description: 'An addition of Barkeep: how many parts there are.' })),
  bytes: z
    .optional(z.number())
    .check(z.meta({ description: 'An addition of Barkeep: bytes that have come so far.' })),
  total_bytes: z
    .optional(z.number())
    .check(
      z.meta({ description: 'An addition of Barkeep: bytes in all; of some videos an estimate.' }),
    ),
  share: z
    .optional(z.float64())
    .check(
      z.meta({ description: 'An addition of Barkeep: how much of it is there, from 0 to 1.' }),
    ),
  bytes_per_second: z
    .optional(z.number())
    .check(z.meta({ description: 'An addition of Barkeep: over the last seconds.' })),
  seconds_left: z
    .optional(z.number())
    .check(z.meta({ description: 'An addition of Barkeep: until all bytes are there.' })),
}

/** `link` once a file import is complete, `folder` once a video import is, `error` when it failed. */
export const importTask = z.object({
  id: z.string(),
  type: z.string(),
  state: z.string().check(z.meta({ description: `One of ${taskStates.join(', ')}.` })),
  progress: z._default(z.string(), '').check(z.meta({ examples: ['42%'] })),
  title: z.optional(z.string()),
  error: z.optional(z.string()),
  error_code: z.optional(z.string()).check(
    z.meta({
      description: 'An addition of Barkeep: why it failed, in a word for programs; more may come.',
    }),
  ),
  link: z.optional(z.string()),
  folder: z.optional(z.string()),
  notes: z.optional(z.array(importNote)).check(
    z.meta({
      description:
        'An addition of Barkeep: what was left out of a complete import, such as subtitles that came empty. Absent where there is nothing to say.',
    }),
  ),
  ...importProgress,
})

export type ImportTask = z.infer<typeof importTask>

export const importStatusReply = z.object({ status: z.literal('ok'), task: importTask })

/** The most tasks of one answer of `GET /imports`. */
export const importsPageMax = 100
export const importsPageSize = 50

export const importsQuery = z.object({
  offset: offsetField,
  limit: limitField(importsPageMax).check(
    z.meta({
      description: `Tasks a page, 1 to ${importsPageMax}; ${importsPageSize} if left out.`,
    }),
  ),
  task_ids: z
    .optional(z.string().check(z.maxLength(importsPageMax * 201, 'task_ids has too many ids.')))
    .check(
      z.meta({
        description: `Up to ${importsPageMax} ids with commas between: only these tasks, as far as they are there. Then \`offset\` and \`limit\` do not count.`,
      }),
    ),
})

/** A task with what was asked for, so that it can be asked for again. */
export const listedImport = z.extend(importTask, {
  created_at: z.string().check(z.meta({ description: 'ISO 8601.' })),
  request: z.object({
    url: z.string(),
    type: z.string(),
    path: z.optional(z.string()),
    filename: z.optional(z.string()),
    video: z.optional(z.unknown()),
  }),
})

export type ListedImport = z.infer<typeof listedImport>

export const importsReply = z.object({
  status: z.literal('ok'),
  imports: z.array(listedImport),
  limit: z.number(),
  next_offset: z.number(),
  has_more: z.boolean(),
})

export const importCancelBody = z.object({ task_id: taskId })
export const importCancelReply = z.object({ status: z.literal('ok') })

const taskIdsRule = `task_ids must name 1 to ${importsPageMax} imports.`
export const importsCancelBody = z.object({
  task_ids: z
    .array(taskId, taskIdsRule)
    .check(z.minLength(1, taskIdsRule), z.maxLength(importsPageMax, taskIdsRule)),
})
export const importsCancelReply = z.object({
  status: z.literal('ok'),
  imports: z
    .array(listedImport)
    .check(z.meta({ description: 'As they are now; an id that nobody knows is left out.' })),
})

/** A state this build does not know is no end: a newer server may have steps between. */
export function isTerminal(state: string): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled'
}
