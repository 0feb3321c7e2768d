import { isAbort, isRefusal } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { endpoints } from '#contract/endpoints.ts'
import { type FolderNode, type ListedFile, maxFilesPageSize } from '#contract/files.ts'
import { parseFolderPath, rootFolder } from '#contract/folder-path.ts'

/** What a look into folders needs of a session. */
export type FolderReader = {
  client: ApiClient
  readAdditions(): Promise<readonly string[]>
  /** The tree of folders, as new as `newerThan` ms; null where it cannot be read. */
  readTree(newerThan: number): Promise<FolderNode | null>
  /** The names of all files of a folder, as the screen has them; null where it has not all of them. */
  namesOnScreen?(path: string): ReadonlySet<string> | null
}

/**
 * A folder as far as it was listed, its files by their names in NFC. `isWhole`: what is not among them is
 * not there. A folder that is not there has none.
 */
export type ListedFolder = { files: ReadonlyMap<string, ListedFile>; isWhole: boolean }

/** A look must cost much less than sending: a request for fifty files, and a handful for few. */
const [filesPerRequest, fewRequests] = [50, 8]
const listedTogether = 3
const nothing: ListedFolder = { files: new Map(), isWhole: true }
/** ms. Another tab may just have made the folder. */
const treeAgeMs = 10_000

/**
 * Lists folders, those with the most files first. What would cost too many requests, or fails, is missing
 * in the answer, or known in part. Throws AbortError alone.
 *
 * @param wanted by path, the names that are looked for
 */
export async function listFolders(
  reader: FolderReader,
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Map<string, ListedFolder>> {
  const listed = new Map<string, ListedFolder>()
  const unseen = [...wanted].filter(([path, names]) => !isFree(reader, path, names))
  if (unseen.length === 0) return listed
  const there = await whichAreThere(
    reader,
    unseen.map(([path]) => path),
  )
  const left = unseen.sort(([, a], [, b]) => b.size - a.size)
  const files = left.reduce((sum, [, names]) => sum + names.size, 0)
  let requestsLeft = Math.max(fewRequests, Math.ceil(files / filesPerRequest))
  const limit = (await reader.readAdditions()).includes('limit') ? { limit: maxFilesPageSize } : {}

  async function list(path: string, names: ReadonlySet<string>): Promise<void> {
    const found = new Map<string, ListedFile>()
    const folder = { files: found, isWhole: false }
    listed.set(path, folder)
    for (let offset = 0; requestsLeft > 0; ) {
      requestsLeft -= 1
      const query = { path, offset, ...limit }
      const page = await reader.client.call(endpoints.files, {
        query,
        lane: 'transfer',
        purpose: 'uploads',
      })
      for (const file of page.files) found.set(file.name.normalize('NFC'), file)
      folder.isWhole = !page.has_more
      if (
        folder.isWhole ||
        page.next_offset <= offset ||
        [...names].every((name) => found.has(name))
      )
        return
      offset = page.next_offset
    }
  }

  async function listNext(): Promise<void> {
    for (let next = left.shift(); next; next = left.shift()) {
      const [path, names] = next
      if (there && !there.has(path)) listed.set(path, nothing)
      else if (requestsLeft > 0) {
        await list(path, names).catch((error) => {
          if (isAbort(error)) throw error
          if (isRefusal(error, 404)) listed.set(path, nothing)
          else listed.delete(path)
        })
      }
    }
  }

  await Promise.all(Array.from({ length: listedTogether }, listNext))
  return listed
}

/** None of these names is on the screen: not worth a request, the server numbers what is taken all the same. */
function isFree(
  { namesOnScreen }: FolderReader,
  path: string,
  names: ReadonlySet<string>,
): boolean {
  const known = namesOnScreen?.(path)
  return known != null && ![...names].some((name) => known.has(name))
}

/** The names to look for, by folder. */
export function namesByFolder(
  uploads: Iterable<{ folder: string; name: string }>,
): Map<string, Set<string>> {
  const wanted = new Map<string, Set<string>>()
  for (const { folder, name } of uploads) {
    const names = wanted.get(folder)
    if (names) names.add(name)
    else wanted.set(folder, new Set([name]))
  }
  return wanted
}

/** Null where nobody can tell. A folder that is not there costs no request, and no error in the console. */
async function whichAreThere(
  { readTree }: FolderReader,
  paths: readonly string[],
): Promise<ReadonlySet<string> | null> {
  const known = pathsOf(await readTree(Number.POSITIVE_INFINITY))
  if (known === null || paths.every((path) => known.has(path))) return known
  return pathsOf(await readTree(treeAgeMs))
}

function pathsOf(tree: FolderNode | null): Set<string> | null {
  if (tree === null) return null
  const paths = new Set<string>([rootFolder])
  const nodes = [...tree.folders]
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const path = parseFolderPath(node.path)
    if (path.ok) paths.add(path.value)
    nodes.push(...node.folders)
  }
  return paths
}
