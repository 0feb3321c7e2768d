import { isRefusal } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import type { ArrivedFile, UploadJob } from '#app/features/uploads/upload.ts'
import { endpoints } from '#contract/endpoints.ts'
import { type FilesPage, filesPageSize, type ListedFile } from '#contract/files.ts'

/**
 * The job's file if it came to its folder since `notBefore`; null also where the key may not look.
 *
 * @throws what the call throws otherwise
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
  /** One page of the folder, ordered by name in folded case. */
  listPage(offset: number): Promise<FilesPage>
}

/** Enough for millions of files by halving; a listing in another order must not cost the window. */
const mostProbes = 24

/** Finds one file of a folder of any size in few requests, for each of them costs a slot. */
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
    // Doubling until a page is past the name, halving from then on.
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
