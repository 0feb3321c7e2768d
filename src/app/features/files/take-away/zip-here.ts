import { makeZip, predictLength } from 'client-zip'
import type { ApiClient } from '#app/api/http/client.ts'
import { readableLink } from '#app/api/http/readable-link.ts'
import { saveBlob } from '#app/lib/browser/save-blob.ts'
import { formatBytes, formatNumber } from '#app/lib/format.ts'
import { safeLink } from '#app/lib/untrusted-text.ts'
import { createEntryNames, type EntryNames, safeName } from '#contract/archive-names.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { FilesPage, ListedFile } from '#contract/files.ts'
import { childFolder, type FolderPath, folderName } from '#contract/folder-path.ts'
import type { Asked } from './take-away.tsx'
import { NoZip, type Preparing, type ZipDownload } from './zip-download.ts'

/** Where a service makes no zips: each folder takes a request, each file is read by its link. */
type Part = { name: string; size: number; lastModified: Date; link: string | null }

const maxFiles = 10_000
/** Without a way to write to the disk as it comes, all of it is in memory. */
const maxInMemory = 500_000_000

type Picker = {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<{
    createWritable(): Promise<WritableStream<Uint8Array>>
  }>
}

/** @throws NoZip where something has no link or there is too much of it, and what a request throws */
export async function prepareHere(
  client: ApiClient,
  asked: Asked,
  { signal, onFound }: Preparing,
): Promise<ZipDownload> {
  const parts = await new Walk(client, signal, onFound).find(asked)
  const size = Number(predictLength(parts.map(({ link: _, ...part }) => part)))
  const name = nameOf(asked)
  const picker = (window as Picker).showSaveFilePicker
  return {
    ...{ name, size, files: parts.filter(({ link }) => link !== null).length },
    obstacle:
      picker === undefined && size > maxInMemory
        ? `This browser cannot save more than ${formatBytes(maxInMemory)} as one zip here. Choose less, or use Chrome or Edge over https.`
        : null,
    async save(saving, onProgress) {
      const target = await picker?.call(window, { suggestedName: name })
      const counted = makeZip(inputsOf(parts, saving)).pipeThrough(countBytes(onProgress))
      if (target) await counted.pipeTo(await target.createWritable(), { signal: saving })
      else saveBlob(await new Response(counted).blob(), name)
      return { isHandedOver: false }
    },
  }
}

/** One after the other: a file is asked for when the one before it is through. */
async function* inputsOf(parts: readonly Part[], signal: AbortSignal) {
  for (const { name, lastModified, size, link } of parts) {
    signal.throwIfAborted()
    if (link === null) {
      yield { name, lastModified }
      continue
    }
    const reply = await fetch(readableLink(link), { signal, credentials: 'omit' })
    if (!reply.ok || reply.body === null) {
      throw new NoZip(`${name} could not be read: the server answered ${reply.status}.`)
    }
    yield { name, lastModified, size, input: reply.body.pipeThrough(exactly(size, name)) }
  }
}

/** Fails where other bytes come than the list said: the zip would not be what was told. */
function exactly(size: number, name: string): TransformStream<Uint8Array, Uint8Array> {
  let left = size
  const refuse = () => new NoZip(`${name} has changed meanwhile. Try again.`)
  return new TransformStream({
    transform(chunk, controller) {
      left -= chunk.length
      if (left < 0) throw refuse()
      controller.enqueue(chunk)
    },
    flush() {
      if (left !== 0) throw refuse()
    },
  })
}

function countBytes(onProgress: (bytes: number) => void): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length
      onProgress(bytes)
      controller.enqueue(chunk)
    },
  })
}

function nameOf({ targets: [first, ...others], folder }: Asked): string {
  const name = first && others.length === 0 ? first.name : folderName(folder)
  return `${safeName(name === '' ? 'Files' : name)}.zip`
}

/** Goes through what is selected, a page of a folder at a time. */
class Walk {
  readonly #client: ApiClient
  readonly #signal: AbortSignal
  readonly #onFound: (files: number) => void
  readonly #parts: Part[] = []

  constructor(client: ApiClient, signal: AbortSignal, onFound: (files: number) => void) {
    this.#client = client
    this.#signal = signal
    this.#onFound = onFound
  }

  async find({ targets, folder, isWhole }: Asked): Promise<Part[]> {
    const names = createEntryNames()
    for (const target of targets) {
      if (target.kind !== 'folder') continue
      await this.#addFolder(target.path, `${names.take('folder', target.name)}/`)
    }
    const wanted = new Set(targets.flatMap((one) => (one.kind === 'file' ? one.name : [])))
    if (isWhole || wanted.size > 0) {
      await this.#addFiles(folder, { prefix: '', names }, (name) => isWhole || wanted.has(name))
    }
    return this.#parts
  }

  async #addFolder(path: FolderPath, prefix: string): Promise<void> {
    this.#parts.push({ name: prefix, size: 0, lastModified: new Date(), link: null })
    const names = createEntryNames()
    const first = await this.#page(path, 0)
    // First, so that they keep their names: a file that is called the same gets a number.
    const folders = first.folders.map((name) => ({ name, as: names.take('folder', name) }))
    await this.#addFiles(path, { prefix, names }, () => true, first)
    for (const { name, as } of folders) {
      await this.#addFolder(childFolder(path, name), `${prefix}${as}/`)
    }
  }

  async #addFiles(
    path: FolderPath,
    { prefix, names }: { prefix: string; names: EntryNames },
    isWanted: (name: string) => boolean,
    first?: FilesPage,
  ): Promise<void> {
    let page = first ?? (await this.#page(path, 0))
    for (;;) {
      for (const file of page.files) if (isWanted(file.name)) this.#add(file, prefix, names)
      this.#onFound(this.#parts.length)
      // One that does not move on would go on for ever.
      if (!page.has_more || page.files.length === 0) return
      page = await this.#page(path, page.next_offset)
    }
  }

  #add({ name, size, link, uploaded_at }: ListedFile, prefix: string, names: EntryNames): void {
    const usable = safeLink(link)
    if (usable === null) throw new NoZip(`The server gave no usable link for ${name}.`)
    if (this.#parts.length >= maxFiles) {
      throw new NoZip(`These are more than ${formatNumber(maxFiles)} files. Choose fewer.`)
    }
    const time = new Date(uploaded_at)
    const lastModified = Number.isNaN(time.getTime()) ? new Date() : time
    this.#parts.push({ name: prefix + names.take('file', name), size, lastModified, link: usable })
  }

  async #page(path: FolderPath, offset: number): Promise<FilesPage> {
    return await this.#client.call(endpoints.files, {
      query: { path, offset },
      lane: 'person',
      purpose: 'browsing',
      signal: this.#signal,
    })
  }
}
