import * as z from 'zod/mini'
import type { ErrorValues } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import type { TextStorage } from '#app/lib/browser/storage.ts'
import { randomId } from '#app/lib/random-id.ts'
import { storedImports } from '#app/lib/transfers/kept-transfers.ts'
import type { GroupName } from '#app/lib/transfers/row-sections.ts'
import type { TransferConnection } from '#app/lib/transfers/transfer-queue.ts'
import { type Amount, isUnfinished, type TransferState } from '#app/lib/transfers/transfer-sums.ts'
import { importTypes } from '#contract/imports.ts'

/** What was typed and chosen under `More choices`; absent is as usual. */
const videoChoices = z.object({
  /** `en, pt-BR` */
  subtitleLanguages: z.optional(z.string()),
  isAutomatic: z.optional(z.boolean()),
  audioLanguage: z.optional(z.string()),
  prefer: z.optional(z.string()),
  audioFormat: z.optional(z.string()),
  /** `1:30` */
  from: z.optional(z.string()),
  to: z.optional(z.string()),
  sponsorblock: z.optional(z.boolean()),
})

export type VideoChoices = z.infer<typeof videoChoices>

/** The options of the dialog; `folder` and `fileName` are '' if nothing was typed. */
export const importOptions = z.object({
  type: z.enum(importTypes),
  quality: z.string(),
  subtitles: z.boolean(),
  thumbnail: z.boolean(),
  folder: z.string(),
  fileName: z.string(),
  /** Of an entry of a list: where its video goes, what its names begin with, which video of the page it is. */
  list: z.optional(
    z.object({
      title: z.string(),
      folder: z.string(),
      prefix: z.string(),
      item: z.optional(z.number()),
    }),
  ),
  choices: z.optional(videoChoices),
})

export type ImportOptions = z.infer<typeof importOptions>

/** `waiting`: the server has given no task yet. */
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
 * Why nothing moves, or how it ended; `view/import-text.ts` makes the sentence. `code` is a `PauseCode`,
 * `aborting`, `not_aborted` (with `error`), `unknown_task`, `messages` (the server's, and how many `more`
 * were left out), or `sentence` (one message, written by an older version).
 */
const importNote = z.object({
  code: z.string(),
  error: z.optional(errorValues),
  messages: z.optional(z.array(z.string())),
  more: z.optional(z.number()),
})

/**
 * `code` is `refused` (with `error`), `task_failed` (with the server's `reason` and `taskCode`, if it
 * gave them), `unknown_task`, or `sentence` (`reason` and `nextStep`, written by an older version).
 */
const importFailure = z.object({
  code: z.string(),
  error: z.optional(errorValues),
  reason: z.optional(z.string()),
  taskCode: z.optional(z.string()),
  nextStep: z.optional(z.string()),
})

/** What the server tells of a running task beside its percentage; null is what it does not say. */
const importProgress = z.object({
  stage: z.string(),
  /** Which part comes, from 1; null where there is but one. */
  part: z.nullable(z.object({ number: z.number(), of: z.number() })),
  bytes: z.nullable(z.number()),
  totalBytes: z.nullable(z.number()),
  bytesPerSecond: z.nullable(z.number()),
  secondsLeft: z.nullable(z.number()),
})

export type ImportProgress = z.infer<typeof importProgress>

const jobFields = z.object({
  id: z.string(),
  link: z.string(),
  options: importOptions,
  /** The page that starts it. Other pages leave it alone while that page is alive. */
  tabId: z.string(),
  /** Epoch ms, by this machine's clock. */
  addedAt: z.number(),
  /** The same in every try, so that the server starts only one task. */
  idempotencyKey: z.string(),
  /** Given by the server; null while waiting. */
  taskId: z.nullable(z.string()),
  state: z.enum(importStates),
  /** 0 to 100; null while the server does not say. */
  percent: z.nullable(z.number()),
  /** Absent in rows of older versions. */
  progress: z.optional(z.nullable(importProgress)),
  title: z.nullable(z.string()),
  /** The finished file; http or https only. */
  fileLink: z.nullable(z.string()),
  /** Where the finished import lies. */
  folder: z.nullable(z.string()),
  /** What started it, where another browser did: a retry asks for the same. */
  request: z.optional(
    z.object({
      url: z.string(),
      type: z.string(),
      path: z.optional(z.string()),
      filename: z.optional(z.string()),
      video: z.optional(z.unknown()),
    }),
  ),
})

export type ImportNote = z.infer<typeof importNote>
export type ImportFailure = z.infer<typeof importFailure>

/** One row. A new object whenever anything in it changes. */
export type ImportJob = Readonly<z.infer<typeof jobFields>> & {
  /** The list that it was taken from. Not stored: its options say it. */
  readonly group: GroupName | null
  /** Null mostly. */
  readonly note: ImportNote | null
  readonly failure: ImportFailure | null
}

/**
 * A job as it is stored and sent to other tabs. In `note` and `failure` older versions keep sentences; one
 * may still run in another tab, and finds null there instead of codes that it cannot read.
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

export type ImportConnection = TransferConnection & {
  client: ApiClient
  /** Whether the server lists imports; false where that is left out. */
  listsImports?: () => Promise<boolean>
  /** Whether it cancels many in one request; the same. */
  cancelsMany?: () => Promise<boolean>
}

/** What to store of a job; `restoreImport` reads it again. */
export function storeImport({ note, failure, group: _, ...job }: ImportJob): StoredImport {
  return { ...job, note: null, failure: null, noteCode: note, failureCode: failure }
}

/** The job that `storeImport` or an older version stored; null for anything else. */
export function restoreImport(stored: unknown): ImportJob | null {
  const parsed = storedImport.safeParse(stored)
  if (!parsed.success) return null
  const { note, failure, noteCode, failureCode, ...job } = parsed.data
  return {
    ...job,
    group: findGroup(job),
    note: noteCode ?? (note === null ? null : { code: 'sentence', messages: [note] }),
    failure: failureCode ?? (failure && { code: 'sentence', ...failure }),
  }
}

/** A waiting job for each. `now` in epoch ms. */
export function newJobs(
  imports: readonly Pick<ImportJob, 'link' | 'options'>[],
  { tabId, now }: { tabId: string; now: number },
): ImportJob[] {
  // The first link counts as the newest, so that it stays on top.
  return imports.map(({ link, options }, index) =>
    newJob({ link, options, tabId, addedAt: now - index / 1000 }),
  )
}

/** The same link and options in the same row, for another task. */
export function newTry({ id, link, options, addedAt, request }: ImportJob, tabId: string) {
  return newJob({ id, link, options, tabId, addedAt, ...(request && { request }) })
}

/** A waiting job with a new idempotency key. */
export function newJob(
  place: Pick<ImportJob, 'link' | 'options' | 'tabId' | 'addedAt' | 'request'> & { id?: string },
): ImportJob {
  return {
    id: randomId(),
    ...place,
    group: findGroup(place),
    idempotencyKey: randomId(),
    taskId: null,
    state: 'waiting',
    percent: null,
    progress: null,
    title: null,
    note: null,
    fileLink: null,
    folder: null,
    failure: null,
  }
}

/** What came from one list into one folder is together; null for a link of its own. */
function findGroup({ options: { list } }: Pick<ImportJob, 'options'>): GroupName | null {
  return list ? { id: `${list.folder}\n${list.title}`, name: list.title } : null
}

/** In parts of a hundred. */
export function measureImport({ state, percent }: ImportJob): Amount {
  return { whole: 100, moved: state === 'done' ? 100 : (percent ?? 0) }
}

const finishedKeptMs = 7 * 86_400_000

/**
 * The stored imports of the key with this public id. Each has an item of its own, so that tabs do not undo
 * each other's changes.
 */
export function openImportStore(storage: TextStorage, keyId: string) {
  const prefix = storedImports(keyId)
  const dismissedName = `barkeep.dismissed-imports.${keyId}`

  return {
    /** All stored imports, the newest first. Deletes those that ended a week ago. `now` in epoch ms. */
    read(now: number): ImportJob[] {
      const jobs: ImportJob[] = []
      for (const name of storage.names().filter((stored) => stored.startsWith(prefix))) {
        const job = parseJob(storage.get(name) ?? '')
        const isKept = job && (isUnfinished(job) || now - job.addedAt < finishedKeptMs)
        if (isKept) jobs.push(job)
        else storage.remove(name)
      }
      return jobs.sort((a, b) => b.addedAt - a.addedAt)
    },
    /** False if there is no room: then the import lasts as long as the page. */
    write: (job: ImportJob) => storage.set(prefix + job.id, JSON.stringify(storeImport(job))),
    remove: (id: string) => storage.remove(prefix + id),
    /** Tasks whose rows were taken off the list: the server still knows them, and they stay off. */
    dismissed(): string[] {
      try {
        return z.array(z.string()).parse(JSON.parse(storage.get(dismissedName) ?? '[]'))
      } catch {
        return []
      }
    },
    dismiss(taskIds: readonly string[]) {
      const all = [...new Set([...this.dismissed(), ...taskIds])].slice(-dismissedMax)
      storage.set(dismissedName, JSON.stringify(all))
    },
  }
}

/** More than a week has of them, mostly. */
const dismissedMax = 2_000

export type ImportStore = ReturnType<typeof openImportStore>

function parseJob(text: string): ImportJob | null {
  try {
    return restoreImport(JSON.parse(text))
  } catch {
    return null
  }
}
