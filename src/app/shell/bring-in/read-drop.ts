import type { FileSource, UploadRequest } from '#app/features/uploads/upload.ts'
import { batchesOf } from '#app/lib/browser/slices.ts'
import { randomId } from '#app/lib/random-id.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { HeldItem } from './hold-transfer.ts'
import type { FoundFile } from './place-files.ts'

export type DropContents = { files: FoundFile[]; leftOut: LeftOut[] }

/** A file or folder on the way through what was dropped. */
type Node = {
  name: string
  /** Those it lies in. */
  folders: string
  isFolder: boolean
  entry: FileSystemEntry | null
  findHandle: () => Promise<FileSystemHandle | null>
  source: FileSource | undefined
}

/**
 * Finds all files in what was dropped. Entries come first: Chromium's handles leave out, without a word,
 * names that Windows would refuse (`Who?.mp3`, `~draft.txt`, `Vol. 1.`). Handles serve where entries fail.
 */
export async function readDrop(items: readonly HeldItem[]): Promise<DropContents> {
  const contents: DropContents = { files: [], leftOut: [] }
  for (const { entry, file, handle } of items) {
    const known = await handle
    const { name, isFolder } = describeItem(entry, known, file)
    const source = known ? { id: randomId(), handle: known } : undefined
    if (isFolder) {
      const findHandle = () => handle
      await readFolder({ name, folders: '', isFolder, entry, findHandle, source }, contents)
    } else if (file && (entry || file.size > 0 || (await readHandle(known)))) {
      contents.files.push({ file, folders: '', source })
    } else {
      // A link to nothing comes as a file of no bytes, without an entry, and its handle cannot be read.
      contents.leftOut.push({ name, folders: '', why: 'unreadable' })
    }
  }
  return contents
}

function describeItem(
  entry: FileSystemEntry | null,
  handle: FileSystemHandle | null,
  file: File | null,
) {
  const name = entry?.name ?? handle?.name ?? file?.name ?? ''
  return { name, isFolder: entry ? entry.isDirectory : handle?.kind === 'directory' }
}

async function readFolder(folder: Node, contents: DropContents): Promise<void> {
  const { name, folders } = folder
  // A name that is no text comes as '', and its path would be that of the folder it lies in: read, that
  // one would be found in itself without end.
  if (name === '') return void contents.leftOut.push({ name, folders, why: 'unreadable' })
  const seen = new Set<string>()
  const readAll = async (list: AsyncIterable<Node[]>) => {
    for await (const batch of list) {
      const fresh = batch.filter((node) => node.name === '' || !seen.has(node.name))
      for (const node of fresh) seen.add(node.name)
      await readBatch(fresh, contents)
    }
  }
  try {
    await readAll(listEntries(folder)).catch(() => readAll(listHandles(folder)))
    if (seen.size === 0) contents.leftOut.push({ name, folders, why: 'empty folder' })
  } catch {
    contents.leftOut.push({ name, folders, why: 'unreadable' })
  }
}

/** Chromium hands over all answers that are there in one task: of thousands, one of half a minute. */
const askedTogether = 50

/** Files side by side, because each is a round trip to another process; folders one after the other. */
async function readBatch(batch: readonly Node[], contents: DropContents): Promise<void> {
  const readOne = async (node: Node) => {
    const file = await readFile(node)
    if (file) contents.files.push({ file, folders: node.folders, source: node.source })
    else contents.leftOut.push({ name: node.name, folders: node.folders, why: 'unreadable' })
  }
  const files = batch.filter(({ isFolder }) => !isFolder)
  for (const some of batchesOf(files, askedTogether)) await Promise.all(some.map(readOne))
  for (const node of batch) if (node.isFolder) await readFolder(node, contents)
}

async function readFile({ entry, findHandle }: Node): Promise<File | null> {
  try {
    if (!entry) throw new DOMException('No entry', 'NotFoundError')
    return await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    )
  } catch {
    return readHandle(await findHandle())
  }
}

async function readHandle(handle: FileSystemHandle | null): Promise<File | null> {
  try {
    return (await (handle as FileSystemFileHandle | null)?.getFile()) ?? null
  } catch {
    return null
  }
}

/** Browsers hand out at most a hundred at a time; none at all is the end. */
async function* listEntries({
  name,
  folders,
  entry,
  findHandle,
  source,
}: Node): AsyncGenerator<Node[]> {
  if (!entry) throw new DOMException('No entry', 'NotFoundError')
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  while (true) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (batch.length === 0) return
    yield batch.map((child) => ({
      name: child.name,
      folders: `${folders}${name}/`,
      isFolder: child.isDirectory,
      entry: child,
      findHandle: () => findChild(findHandle, child),
      source,
    }))
  }
}

async function* listHandles({ name, folders, findHandle, source }: Node): AsyncGenerator<Node[]> {
  const handle = (await findHandle()) as IterableHandle | null
  if (!handle) throw new DOMException('No handle', 'NotFoundError')
  for await (const child of handle.values()) {
    yield [
      {
        name: child.name,
        folders: `${folders}${name}/`,
        isFolder: child.kind === 'directory',
        entry: null,
        findHandle: async () => child,
        source,
      },
    ]
  }
}

/** TypeScript's DOM does not know yet that they can be listed. */
type IterableHandle = FileSystemDirectoryHandle & { values(): AsyncIterable<FileSystemHandle> }

async function findChild(
  findParent: Node['findHandle'],
  { name, isDirectory }: FileSystemEntry,
): Promise<FileSystemHandle | null> {
  try {
    const parent = (await findParent()) as FileSystemDirectoryHandle | null
    const child = isDirectory ? parent?.getDirectoryHandle(name) : parent?.getFileHandle(name)
    return (await child) ?? null
  } catch {
    return null
  }
}

/** What of a drop stays behind. `name` is '' where not even the name could be read. */
export type LeftOut = { name: string; folders: string; why: 'unreadable' | 'empty folder' }

const mostNamed = 5

/** The rows that say what stays behind, and why: one for each thing, one for all empty folders. */
export function refusedRequests(leftOut: readonly LeftOut[], folder: FolderPath): UploadRequest[] {
  const unreadable = leftOut.filter(({ why }) => why === 'unreadable')
  const empty = leftOut.filter(({ why }) => why === 'empty folder')
  const requests = unreadable.map(({ name, folders }) => ({
    file: new File([], name),
    name,
    folder: folder + folders,
    refusal: { code: 'unreadable' } as const,
  }))
  return empty.length === 0 ? requests : [...requests, emptyFolders(empty, folder)]
}

function emptyFolders(empty: readonly LeftOut[], folder: FolderPath): UploadRequest {
  const [first] = empty
  const isOne = empty.length === 1 && first !== undefined
  const name = isOne ? first.name : ''
  const paths = empty.map((one) => `${folder}${one.folders}${one.name}/`)
  const named = empty.slice(0, mostNamed).map((one) => visibleName(`${one.folders}${one.name}`))
  return {
    file: new File([], name),
    name,
    folder: folder + (isOne ? first.folders : ''),
    refusal: { code: 'empty_folders', count: empty.length, named, paths },
  }
}
