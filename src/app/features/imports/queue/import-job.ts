import * as z from 'zod/mini'
import { createStore } from '#app/lib/store.ts'
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
const importStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type ImportState = (typeof importStates)[number]

/** One row, and what is stored of it. A new object whenever anything in it changes. */
export const importJob = z.readonly(
  z.object({
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
    /** Why nothing moves just now; null mostly. */
    note: z.nullable(z.string()),
    /** Of a finished file import; only ever http or https. */
    fileLink: z.nullable(z.string()),
    /** Of a finished import: where it lies. */
    folder: z.nullable(z.string()),
    /** `nextStep` is '' for what the server said of a task: the row finds what fits the reason. */
    failure: z.nullable(z.object({ reason: z.string(), nextStep: z.string() })),
  }),
)

export type ImportJob = z.infer<typeof importJob>

export type ImportTotals = {
  readonly unfinished: number
  readonly done: number
  readonly failed: number
  readonly cancelled: number
}

export type ImportsSnapshot = {
  /** The newest first. */
  readonly jobs: readonly ImportJob[]
  readonly totals: ImportTotals
  /** False: the browser keeps no storage for this page, and a reload would forget what was not kept. */
  readonly isKept: boolean
}

export function isUnfinished({ state }: Pick<ImportJob, 'state'>): boolean {
  return state === 'waiting' || state === 'running'
}

/** A job before the server knows of it. */
export function newJob(
  place: Pick<ImportJob, 'id' | 'link' | 'options' | 'tabId' | 'addedAt' | 'idempotencyKey'>,
): ImportJob {
  return {
    ...place,
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

/** The rows as immutable snapshots, the newest first. */
export function createImportRows() {
  let jobs: readonly ImportJob[] = []
  const store = createStore<ImportsSnapshot>({ jobs, totals: countJobs(jobs), isKept: true })
  const { getSnapshot, subscribe } = store

  function show(next: readonly ImportJob[]) {
    jobs = next
    const totals = countJobs(jobs)
    const { totals: before } = getSnapshot()
    const isSame = JSON.stringify(before) === JSON.stringify(totals)
    store.update({ jobs, totals: isSame ? before : totals })
  }

  return {
    get: (id: string) => jobs.find((job) => job.id === id),
    all: () => jobs,
    add: (added: readonly ImportJob[]) => show([...added, ...jobs]),
    put: (changed: ImportJob) => show(jobs.map((job) => (job.id === changed.id ? changed : job))),
    keep: (isKept: (job: ImportJob) => boolean) => show(jobs.filter(isKept)),
    noteKept(isKept: boolean) {
      if (getSnapshot().isKept !== isKept) store.update({ isKept })
    },
    subscribe,
    getSnapshot,
  }
}

function countJobs(jobs: readonly ImportJob[]) {
  const counts = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 }
  for (const job of jobs) counts[job.state] += 1
  const { waiting, running, ...finished } = counts
  return { unfinished: waiting + running, ...finished }
}
