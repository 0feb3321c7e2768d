import { isRefusal } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import type { ArrivedFile, UploadJob } from '#app/features/uploads/upload.ts'
import { endpoints } from '#contract/endpoints.ts'
import { type FilesPage, filesPageSize, type ListedFile } from '#contract/files.ts'

/**
 * The job's file, if its folder lists it with its size and not from before `notBefore`; null if it does
 * not, or if the key may not look.
 *
 * @throws ApiError, ConnectionError or AbortError as the call does
 */
export async function findArrivedFile(
  client: ApiClient,
  { file, folder, name, notBefore }: UploadJob,
  signal?: AbortSignal,
): Promise<ArrivedFile | null> {
  try {
    const found = await findListedFile({
      name,
      isSought: (listed) =>
        listed.name === name &&
        listed.size === file.size &&
        Date.parse(listed.uploaded_at) >= notBefore - 1_000,
      listPage: (offset) =>
        client.call(endpoints.files, {
          query: { path: folder, offset },
          lane: 'transfer',
          purpose: 'uploads',
          signal,
        }),
    })
    return found && { file_name: found.name, size: found.size, link: found.link, folder }
  } catch (error) {
    if (isRefusal(error, 403, 404)) return null
    throw error
  }
}

type Search = {
  name: string
  isSought(file: ListedFile): boolean
  /** One page of the folder, ordered by name, ignoring case. */
  listPage(offset: number): Promise<FilesPage>
}

/** Enough for millions of files by halving. A listing in another order must not use up the rate limit. */
const mostProbes = 24

/** Binary search for a file in a folder of any size, because each request counts against the rate limit. */
export async function findListedFile(search: Search): Promise<ListedFile | null> {
  let low = 0
  let high = Number.POSITIVE_INFINITY
  let index = 0
  for (let probe = 0; probe < mostProbes && low < high; probe += 1) {
    const page = await search.listPage(index * filesPageSize)
    const found = page.files.find(search.isSought)
    if (found) return found
    const side = whichSide(page, search.name)
    if (side === 'here') return null
    if (side === 'before') high = index
    else low = index + 1
    // Double until a page is past the name, then halve.
    index = Number.isFinite(high) ? Math.floor((low + high) / 2) : index * 2 || 1
  }
  return null
}

function whichSide({ files, has_more }: FilesPage, name: string): 'before' | 'here' | 'after' {
  const head = files[0]
  const tail = files.at(-1)
  if (!head || !tail || fold(name) < fold(head.name)) return 'before'
  return fold(name) <= fold(tail.name) || !has_more ? 'here' : 'after'
}

function fold(name: string): string {
  return name.toLowerCase()
}
