import * as z from 'zod/mini'
import type { ErrorValues } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { randomId } from '#app/lib/random-id.ts'
import type { TransferConnection } from '#app/lib/transfers/transfer-queue.ts'
import type { TransferState } from '#app/lib/transfers/transfer-rows.ts'
import { importTypes } from '#contract/imports.ts'

/** What `Start import` asks for; `folder` and `fileName` are '' where nothing was typed. */
export const importOptions = z.object({
  type: z.enum(importTypes),
  quality: z.string(),
  subtitles: z.boolean(),
  thumbnail: z.boolean(),
  folder: z.string(),
  fileName: z.string(),
})

export type ImportOptions = z.infer<typeof importOptions>

/** `waiting`: asked for, and the server has given no task yet. */
const importStates = [
  'waiting',
  'running',
  'done',
  'failed',
  'cancelled',
] as const satisfies readonly TransferState[]

const errorValues = z.object({
  code: z.string(),
  status: z.number(),
  message: z.string(),
  scope: z.nullable(z.string()),
}) satisfies z.ZodMiniType<ErrorValues>

/**
 * Why nothing moves just now, or how it ended; `view/import-text.ts` has the words. A `PauseCode`,
 * `aborting`, `not_aborted` with its `error`, `unknown_task`, or what the server said: `messages`, and how
 * many more were left out. `sentence`: as an older version wrote it, in `messages`.
 */
const importNote = z.object({
  code: z.string(),
  error: z.optional(errorValues),
  messages: z.optional(z.array(z.string())),
  more: z.optional(z.number()),
})

/**
 * `refused` with its `error`; `task_failed` with the server's `reason`, if it gave one; `unknown_task`.
 * `sentence`: as an older version wrote it, in `reason` and `nextStep`.
 */
const importFailure = z.object({
  code: z.string(),
  error: z.optional(errorValues),
  reason: z.optional(z.string()),
  nextStep: z.optional(z.string()),
})

const jobFields = z.object({
  id: z.string(),
  link: z.string(),
  options: importOptions,
  /** The page that asks for the task; others leave it alone while it waits and that page lives. */
  tabId: z.string(),
  /** Epoch ms by this machine's clock. */
  addedAt: z.number(),
  /** The same in each try to start it, so that one task comes of it. */
  idempotencyKey: z.string(),
  /** Given by the server; null while waiting. */
  taskId: z.nullable(z.string()),
  state: z.enum(importStates),
  /** 0 to 100; null while the server does not say. */
  percent: z.nullable(z.number()),
  title: z.nullable(z.string()),
  /** Of a finished file import; only ever http or https. */
  fileLink: z.nullable(z.string()),
  /** Of a finished import: where it lies. */
  folder: z.nullable(z.string()),
})

export type ImportNote = z.infer<typeof importNote>
export type ImportFailure = z.infer<typeof importFailure>

/** One row. A new object whenever anything in it changes. */
export type ImportJob = Readonly<z.infer<typeof jobFields>> & {
  /** Null mostly. */
  readonly note: ImportNote | null
  readonly failure: ImportFailure | null
}

/**
 * A job as it is stored and sent to other tabs. `note` and `failure` are sentences of older versions,
 * which may still run in another tab: they find null there, and nothing that they cannot read.
 */
const storedImport = z.extend(jobFields, {
  note: z.nullable(z.string()),
  failure: z.nullable(z.object({ reason: z.string(), nextStep: z.string() })),
  noteCode: z.optional(z.nullable(importNote)),
  failureCode: z.optional(z.nullable(importFailure)),
})

export type StoredImport = z.infer<typeof storedImport>

/** What tabs of one key tell each other. */
export type ImportNews = { changed: StoredImport } | { removed: string[] }

export type ImportConnection = TransferConnection & { client: ApiClient }

export function storeImport({ note, failure, ...job }: ImportJob): StoredImport {
  return { ...job, note: null, failure: null, noteCode: note, failureCode: failure }
}

/** The job that was stored; null for what is none. */
export function restoreImport(stored: unknown): ImportJob | null {
  const parsed = storedImport.safeParse(stored)
  if (!parsed.success) return null
  const { note, failure, noteCode, failureCode, ...job } = parsed.data
  return {
    ...job,
    note: noteCode ?? (note === null ? null : { code: 'sentence', messages: [note] }),
    failure: failureCode ?? (failure && { code: 'sentence', ...failure }),
  }
}

/** A job before the server knows of it; `id` is that of the row where it is tried again. */
export function newJob(
  place: Pick<ImportJob, 'link' | 'options' | 'tabId' | 'addedAt'> & { id?: string },
): ImportJob {
  return {
    id: randomId(),
    ...place,
    idempotencyKey: randomId(),
    taskId: null,
    state: 'waiting',
    percent: null,
    title: null,
    note: null,
    fileLink: null,
    folder: null,
    failure: null,
  }
}
