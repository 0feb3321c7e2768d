import { readableLink } from '#app/api/http/readable-link.ts'
import { type ArrivedFile, sizeOf, type UploadJob } from '#app/features/uploads/upload.ts'
import { eachInSlices } from '#app/lib/browser/slices.ts'
import type { ListedFile } from '#contract/files.ts'
import { arrivedFrom } from './arrived-from.ts'
import type { ListedFolder } from './list-folders.ts'

/** An upload whose name is taken by another file. */
export type Clash = { id: string; job: UploadJob; listed: ListedFile }

export type Compared = { there: Map<string, ArrivedFile>; clashes: Clash[] }

/** Reading more than this to be certain takes longer than a person likes to wait, in bytes. */
const mostHashed = { file: 64 * 1024 * 1024, all: 256 * 1024 * 1024 }
const hashedTogether = 4

export type CompareOptions = {
  /** How much later the server's clock is than this machine's, in ms. */
  clockAheadMs: number
  /** The SHA-256 of a listed file in hex; null where it is not told for the asking. */
  readSha256?: (listed: ListedFile) => Promise<string | null>
}

/**
 * Compares uploads with what their folders list. A file of the same name and size is the same one where both
 * have the same SHA-256; where that cannot be told cheaply, where it was not changed since that one came.
 */
export async function compareFiles(
  jobs: ReadonlyMap<string, UploadJob>,
  folders: ReadonlyMap<string, ListedFolder>,
  { clockAheadMs, readSha256 = readLinkSha256 }: CompareOptions,
): Promise<Compared> {
  const compared: Compared = { there: new Map(), clashes: [] }
  const alike: Clash[] = []
  await eachInSlices(jobs, ([id, job]) => {
    const listed = folders.get(job.folder)?.files.get(job.name)
    if (!listed) {
      // What certainly is not there is not looked for again, one by one.
      if (folders.get(job.folder)?.isWhole) job.mayHaveArrived = false
      return
    }
    const clash = { id, job, listed }
    if (sizeOf(job) === listed.size) alike.push(clash)
    else compared.clashes.push(clash)
  })
  let bytesLeft = mostHashed.all

  async function isSame({ job, listed }: Clash): Promise<boolean> {
    const size = sizeOf(job)
    if (size <= mostHashed.file && size <= bytesLeft) {
      bytesLeft -= size
      const theirs = await readSha256(listed)
      const ours = theirs && (await hashFile(job.file))
      if (ours) return theirs === ours
    }
    job.lastModified ??= job.file.lastModified
    return Date.parse(listed.uploaded_at) >= job.lastModified + clockAheadMs
  }

  async function compareNext(): Promise<void> {
    for (let next = alike.shift(); next; next = alike.shift()) {
      const { id, job, listed } = next
      if (await isSame(next)) compared.there.set(id, arrivedFrom(listed, job.folder))
      else compared.clashes.push(next)
    }
  }

  await Promise.all(Array.from({ length: hashedTogether }, compareNext))
  return compared
}

/** Our own server tells it as the ETag of the link, which needs no key and takes no slot of the window. */
async function readLinkSha256({ link }: ListedFile): Promise<string | null> {
  const url = readableLink(link)
  if (!URL.canParse(url) || new URL(url).origin !== location.origin) return null
  try {
    const answer = await fetch(url, { method: 'HEAD', credentials: 'omit', cache: 'no-store' })
    return /^"([\da-f]{64})"$/.exec(answer.headers.get('etag') ?? '')?.[1] ?? null
  } catch {
    return null
  }
}

/** In hex; null where the page is no secure context, or the file cannot be read. */
async function hashFile(file: File): Promise<string | null> {
  try {
    const hash = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
    return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
  } catch {
    return null
  }
}
