import type { FileSource, UploadRequest } from '#app/features/uploads/upload.ts'
import { eachInSlices } from '#app/lib/browser/slices.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { nameKey } from '#contract/name-order.ts'

/** A file and the folders it lay in, as `''` or `Trip/day 1/`. */
export type FoundFile = { file: File; folders: string; source?: FileSource | undefined }

/**
 * Puts files into `folder`, with the folders they came in. The text is unchecked: a name that the rules
 * refuse gets a row that says so, for nothing may leave the queue silently.
 */
export async function placeFiles(
  files: readonly FoundFile[],
  folder: FolderPath,
): Promise<UploadRequest[]> {
  const placed: { request: UploadRequest; key: string }[] = []
  await eachInSlices(files, ({ file, folders, source }) => {
    const { name } = file
    // A folder before those whose names go on: `Trip`, `Trip 2`.
    const place = nameKey(folders).replaceAll('/', '\u0000')
    const key = `${place}\u0000${nameKey(name)}`
    const path = folders + name
    const request = { file, name, folder: folder + folders, path, ...(source && { source }) }
    placed.push({ request, key })
  })
  // Disks list a folder in no order that a person would know.
  const sorted = await sortInSlices(placed, (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return sorted.map(({ request }) => request)
}

/** The files of an input. One for folders says where they lay: `Trip/a.txt` gives `Trip/`. */
export function chosenFiles(files: readonly File[]): FoundFile[] {
  return files.map((file) => ({
    file,
    // Cut by length: Chromium writes a backslash in a name as a slash here.
    folders: file.webkitRelativePath.slice(0, -file.name.length),
  }))
}

/** Sorted in slices; of two that are alike the first one stays first. */
export async function sortInSlices<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Promise<Item[]> {
  const shortRun = 500
  let runs: Item[][] = []
  const starts = Array.from(
    { length: Math.ceil(items.length / shortRun) },
    (_, at) => at * shortRun,
  )
  await eachInSlices(starts, (at) => {
    runs.push(items.slice(at, at + shortRun).sort(compare))
  })
  while (runs.length > 1) {
    const merged: Item[][] = []
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], compare))
    }
    runs = merged
  }
  return runs[0] ?? []
}

async function merge<Item>(
  left: readonly Item[],
  right: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Promise<Item[]> {
  const all: Item[] = []
  let next = 0
  await eachInSlices(right, (item) => {
    for (let one = left[next]; one !== undefined && compare(one, item) <= 0; one = left[next]) {
      all.push(one)
      next += 1
    }
    all.push(item)
  })
  return all.concat(left.slice(next))
}
