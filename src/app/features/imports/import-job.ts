import type { ImportType } from '#contract/imports.ts'

/** What `Start import` asks for; `folder` and `fileName` are '' where nothing was typed. */
export type ImportOptions = {
  type: ImportType
  quality: string
  subtitles: boolean
  thumbnail: boolean
  folder: string
  fileName: string
}

/** `waiting`: asked for, and the server has given no task yet. */
export type ImportState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'

export type ImportFailure = { reason: string; nextStep: string; canRetry: boolean }

/** One row, and what is stored of it. A new object whenever anything in it changes. */
export type ImportJob = {
  readonly id: string
  readonly link: string
  readonly options: ImportOptions
  /** Given by the server; null while waiting. */
  readonly taskId: string | null
  readonly state: ImportState
  /** 0 to 100; null while the server does not say. */
  readonly percent: number | null
  readonly title: string | null
  /** Of a finished file import; only ever http or https. */
  readonly fileLink: string | null
  /** Of a finished video import, as the server named it. */
  readonly folder: string | null
  readonly failure: ImportFailure | null
}

export type ImportTotals = {
  readonly unfinished: number
  readonly done: number
  readonly failed: number
}

export type ImportsSnapshot = {
  /** The newest first. */
  readonly jobs: readonly ImportJob[]
  readonly totals: ImportTotals
}
