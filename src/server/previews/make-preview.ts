import { buffer } from 'node:stream/consumers'
import type { ByteRange } from '#server/bytes/byte-range.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { Semaphore } from '#server/core/semaphore.ts'
import type { PictureSize } from '#server/files/note-sizes.ts'
import type { PreviewedFile } from '#server/files/share-previews.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import { createFailureMemory } from './failure-memory.ts'
import {
  directoryRange,
  formatRange,
  type MediaFormat,
  mayBeRaw,
  readFormat,
  readRawFormat,
} from './media-format.ts'
import type { PreviewCache } from './preview-cache.ts'
import { PreviewFailure, type PreviewProblem } from './preview-failure.ts'
import { createSharedWork } from './shared-work.ts'

export type MakingOptions = {
  blobs: Pick<BlobStore, 'open' | 'lend' | 'createWorkFolder'>
  cache: PreviewCache
  limits: {
    /** A larger picture is not read. */
    maxPictureBytes: number
    /** How many are made at once, and how many may wait for that. */
    atOnce: number
    maxWaiting: number
  }
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number
  /** What is missing on this machine. */
  onMissing(problem: PreviewProblem, message: string): void
  /** Told how large a picture is. */
  onSize(file: PreviewedFile, size: PictureSize): void
}

/** A stored file as programs may read it, in a folder where they may write. */
export type OpenedFile = { path: string; folder: string; format: MediaFormat }

export type PreviewKind = {
  /** Of its kind in the cache. */
  name: string
  make(file: OpenedFile, signal: AbortSignal): Promise<MadePreview>
}

/** `size` in px where the making of it told how large the picture is. */
export type MadePreview = { bytes: Uint8Array; size?: PictureSize }

export type GetPreview = (
  file: PreviewedFile,
  kind: PreviewKind,
  signal: AbortSignal,
) => Promise<Uint8Array>

/**
 * Makes what gives a preview out of the cache, or makes it: once for all who ask at the same time.
 * That throws PreviewFailure, ApiFailure `unavailable` when too many wait, or the signal's reason.
 */
export function createGetPreview(options: MakingOptions): GetPreview {
  const { cache, limits } = options
  const open = createOpenFile(options)
  const work = createSharedWork<Uint8Array>()
  const failures = createFailureMemory(options.monotonic)

  async function make(key: string, file: PreviewedFile, kind: PreviewKind, signal: AbortSignal) {
    try {
      const { bytes, size } = await open(file, (opened) => kind.make(opened, signal), signal)
      if (size) options.onSize(file, size)
      await cache.write(key, bytes)
      return bytes
    } catch (error) {
      if (error instanceof PreviewFailure) {
        failures.note(key, error)
        options.onMissing(error.problem, error.message)
      }
      throw error
    }
  }

  return async (file, kind, signal) => {
    const key = `${file.sha256}-${kind.name}`
    const cached = await cache.read(key)
    if (cached) return cached
    const problem = failures.of(key)
    if (problem) throw new PreviewFailure(problem, 'it failed a while ago')
    if (!work.has(key) && work.size >= limits.maxWaiting + limits.atOnce) {
      throw new ApiFailure('unavailable', 'Too many thumbnails are asked for. Try again later.', {
        retryAfter: 2,
      })
    }
    return await work.share(key, signal, (wanted) => make(key, file, kind, wanted))
  }
}

type Use = (opened: OpenedFile) => Promise<MadePreview>

/** A few at a time. What is no picture and no film by its bytes is refused before it waits. */
function createOpenFile({ blobs, limits }: MakingOptions) {
  const permits = new Semaphore(limits.atOnce)

  async function readStart(file: PreviewedFile, { first, last }: ByteRange): Promise<Uint8Array> {
    const opened = await blobs.open(file, { first, last: Math.min(last, file.size - 1) })
    return opened instanceof Uint8Array ? opened : await buffer(opened)
  }

  async function formatOf(file: PreviewedFile): Promise<MediaFormat> {
    if (file.size === 0) throw new PreviewFailure('unreadable', 'it is empty')
    const start = await readStart(file, formatRange)
    const raw = mayBeRaw(start) ? readRawFormat(await readStart(file, directoryRange)) : null
    const format = raw ?? readFormat(start)
    if (!format) throw new PreviewFailure('unreadable', 'its format is not known')
    if (format.reader === 'sharp' && file.size > limits.maxPictureBytes) {
      throw new PreviewFailure('too large', `${file.size} bytes`)
    }
    return format
  }

  return async (file: PreviewedFile, use: Use, signal: AbortSignal): Promise<MadePreview> => {
    const format = await formatOf(file)
    await permits.acquire()
    try {
      signal.throwIfAborted()
      await using folder = await blobs.createWorkFolder()
      return await use({ path: await blobs.lend(file, folder), folder: folder.path, format })
    } finally {
      permits.release()
    }
  }
}
