import * as z from 'zod/mini'
import { type ImportOptions, importOptions } from './import-job.ts'

const storedName = 'barkeep.import-options'

// The folder and the file name belong to one import: they are not carried over to the next.
const remembered = z.pick(importOptions, {
  type: true,
  quality: true,
  subtitles: true,
  thumbnail: true,
})

const firstOptions = { type: 'auto', quality: 'best', subtitles: false, thumbnail: false } as const

/** The options of the last import in this browser, for the folder that is open. */
export function recallOptions(folder: string): ImportOptions {
  try {
    const stored = remembered.parse(JSON.parse(localStorage.getItem(storedName) ?? ''))
    return { ...stored, folder, fileName: '' }
  } catch {
    return { ...firstOptions, folder, fileName: '' }
  }
}

export function rememberOptions(options: ImportOptions): void {
  try {
    localStorage.setItem(storedName, JSON.stringify(remembered.parse(options)))
  } catch {
    // Storage is full or forbidden: the next import begins with the usual options.
  }
}
