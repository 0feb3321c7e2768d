import type { FileRepository } from './file-repository.ts'

/** px, as it is shown. */
export type PictureSize = { width: number; height: number }

/** Long enough for those of a screen full to be written at once: each commit waits for the disk. */
const pauseMs = 2_000
/** More are not remembered: they are noted when they are looked at the next time. */
const most = 5_000

/** Notes how large pictures are once somebody has looked at them, many in one transaction. */
export function createNoteSizes(
  files: Pick<FileRepository, 'noteSizes'>,
  warn: (error: unknown) => void,
) {
  let waiting = new Map<string, PictureSize>()
  let timer: NodeJS.Timeout | undefined
  let writing = Promise.resolve()

  async function write(): Promise<void> {
    timer = undefined
    const sizes = waiting
    waiting = new Map()
    // A listing is true without them.
    if (sizes.size > 0) await files.noteSizes(sizes).catch(warn)
  }

  return {
    note(blobId: string, { width, height }: PictureSize): void {
      if (waiting.size >= most) return
      waiting.set(blobId, { width, height })
      timer ??= setTimeout(() => {
        writing = write()
      }, pauseMs)
      timer.unref()
    },
    /** Writes what waits. */
    async close(): Promise<void> {
      clearTimeout(timer)
      await writing
      await write()
    },
  }
}
