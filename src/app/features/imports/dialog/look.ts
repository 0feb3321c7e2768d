import { errorValues } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { errorText } from '#app/api/http/error-text.ts'
import type { ImportOptions } from '#app/features/imports/queue/import-job.ts'
import { failureText } from '#app/features/imports/view/import-text.ts'
import { endpoints } from '#contract/endpoints.ts'
import { type FolderPath, folderSegments, folderTrail } from '#contract/folder-path.ts'
import type { InspectEntry, InspectReply } from '#contract/import-inspect.ts'
import type { VideoThere } from './video-fields.tsx'

const asked = { lane: 'person', purpose: 'imports' } as const

export type LookAsk = { url: string; offset?: number; search?: string; isNewestFirst?: boolean }

/** Asks the server what a link holds. @throws ApiError, ConnectionError or AbortError */
export async function lookAt(
  client: ApiClient,
  { isNewestFirst, ...body }: LookAsk,
  signal: AbortSignal,
): Promise<InspectReply> {
  const order = isNewestFirst ? 'newest' : 'source'
  return await client.call(endpoints.inspectImport, { body: { ...body, order }, ...asked, signal })
}

/** What a look that failed is told with. */
export function lookFailure(error: unknown): { reason: string; nextStep: string } {
  const { title, nextStep } = errorText(error)
  return {
    reason: errorValues(error).code === 'unavailable' ? errorValues(error).message : title,
    nextStep,
  }
}

/** Why nothing can be imported from there, and what to do about it; null where something can. */
export function refusalOf(found: InspectReply): { reason: string; nextStep: string } | null {
  if (found.kind !== 'none') return null
  return failureText({ code: 'task_failed', reason: found.error, taskCode: found.error_code })
}

export function thereOf(found: InspectReply | undefined): VideoThere | undefined {
  if (found?.kind !== 'video' || !found.qualities?.length) return undefined
  return {
    heights: found.qualities.map(({ height }) => height),
    hasAudio: found.has_audio ?? true,
    subtitles: found.subtitle_languages ?? [],
    sounds: found.audio_languages ?? [],
  }
}

/**
 * Names in a folder, as far as a page of the listing has them; none where there is no such folder, which is
 * found out from the root on: to ask for one that is not there is an error.
 */
export async function namesIn(
  client: ApiClient,
  path: FolderPath,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  for (const folder of folderTrail(path)) {
    const query = { path: folder, limit: 1_000 }
    const { files, folders } = await client.call(endpoints.files, { query, ...asked, signal })
    if (folder === path)
      return new Set(files.map(({ name }) => fold(name.replace(/\.\w{1,8}$/, ''))))
    const next = folderSegments(path)[folderSegments(folder).length]
    if (next === undefined || !folders?.includes(next)) return new Set()
  }
  return new Set()
}

/** Whether a video of that title lies there, with a number before its name or without. */
export function isThere(title: string, names: ReadonlySet<string>): boolean {
  return names.has(fold(title))
}

/** Servers change what file systems do not like, and cut what is long: letters and digits count. */
function fold(text: string): string {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/^\d{1,4} /, '')
  return plain.replace(/[^\p{L}\p{N}]+/gu, '').slice(0, 60)
}

/** What starts the chosen entries of a list. `count` is of the whole list, for the width of numbers. */
export function importsOf(
  entries: readonly InspectEntry[],
  how: {
    options: ImportOptions
    title: string
    folder: string
    isNumbered: boolean
    count: number
  },
): { link: string; options: ImportOptions }[] {
  const { options, title, folder, isNumbered, count } = how
  const digits = Math.max(2, String(count).length)
  return entries.map(({ link, item, position }) => {
    const prefix = isNumbered ? `${String(position).padStart(digits, '0')} ` : ''
    const list = { title, folder, prefix, ...(item === undefined ? {} : { item }) }
    const type = item === undefined ? options.type : 'video'
    return { link, options: { ...options, type, folder, fileName: '', list } }
  })
}
