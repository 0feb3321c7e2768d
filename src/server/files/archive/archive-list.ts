import { createHash, type Hash } from 'node:crypto'
import type { ArchiveRepository, KnownArchive, PageHead } from './archive-repository.ts'
import { directoryRecordSize, endRecords, localHeaderSize, type ZipEntry } from './zip-format.ts'

/** An entry as a page keeps it. Folders have neither of the last two. */
type KeptEntry = [path: string, size: number, modifiedAt: number, fileId?: string, blobId?: string]

/** `file` null: it is a folder. */
export type ListedEntry = {
  path: string
  size: number
  /** Epoch milliseconds. */
  modifiedAt: number
  file: { id: string; blobId: string } | null
}

/** What a page holds at most: it is read as a whole, and must not hold others up. */
const pageEntries = 256
/** The way the zip is written: with another one its bytes, and so its tag, are others. */
const layout = 'zip 1'

export function zipEntryOf({ path, size, modifiedAt, file }: ListedEntry): ZipEntry {
  return { name: Buffer.from(path), isFolder: file === null, size, modifiedAt }
}

export function readPage(entriesJson: string): ListedEntry[] {
  const kept = JSON.parse(entriesJson) as KeptEntry[]
  return kept.map(([path, size, modifiedAt, id, blobId]) => {
    const file = id === undefined || blobId === undefined ? null : { id, blobId }
    return { path, size, modifiedAt, file }
  })
}

export type ArchiveList = {
  /** How many there are so far. */
  readonly entries: number
  add(entry: ListedEntry): Promise<void>
  /** What is known of the whole, once all entries are in it. */
  end(): Promise<KnownArchive>
}

/** Writes the list of an archive page by page, and reckons where each page will be in the zip. */
export function startList(archives: ArchiveRepository, token: string): ArchiveList {
  const tag: Hash = createHash('sha256').update(layout)
  let page: KeptEntry[] = []
  let head: PageHead = { place: 0, startsAt: 0, directoryAt: 0 }
  let [at, directorySize, files, entries] = [0, 0, 0, 0]

  async function endPage(): Promise<void> {
    if (page.length === 0) return
    const text = JSON.stringify(page)
    tag.update(text)
    await archives.addPage(token, head, text)
    page = []
    head = { place: head.place + 1, startsAt: at, directoryAt: directorySize }
  }

  return {
    get entries() {
      return entries
    },
    async add(entry) {
      const { path, size, modifiedAt, file } = entry
      const zipped = zipEntryOf(entry)
      page.push(file ? [path, size, modifiedAt, file.id, file.blobId] : [path, size, modifiedAt])
      directorySize += directoryRecordSize(zipped, at)
      at += localHeaderSize(zipped) + size
      entries += 1
      if (file !== null) files += 1
      if (page.length >= pageEntries) await endPage()
    },
    async end() {
      await endPage()
      const size =
        at + directorySize + endRecords({ entries, directoryAt: at, directorySize }).length
      const etag = `"${tag.digest('hex')}"`
      return { etag, size, files, entries, directory_at: at, directory_size: directorySize }
    },
  }
}
