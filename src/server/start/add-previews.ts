import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '#server/core/clock.ts'
import type { Config } from '#server/core/config.ts'
import type { FileRepository } from '#server/files/file-repository.ts'
import { createNoteSizes } from '#server/files/note-sizes.ts'
import type { Previews } from '#server/files/share-previews.ts'
import { findFfmpeg } from '#server/imports/programs/media-tools.ts'
import { createPreviewCache } from '#server/previews/preview-cache.ts'
import { createPreviews, type PreviewLimits } from '#server/previews/previews.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'

type Options = {
  config: Pick<Config, 'thumbnailBytes' | 'ffmpeg'>
  blobs: BlobStore
  clock: Clock
  dataFolder: string
  previewLimits: PreviewLimits
  files: Pick<FileRepository, 'noteSizes'>
}

/** Thumbnails and details with all that they need; `can` says whether there are thumbnails at all. */
export function addPreviews(
  app: FastifyInstance,
  { config, blobs, clock, dataFolder, previewLimits, files }: Options,
): { previews: Previews; can: { thumbnails: boolean } } {
  const { thumbnailBytes } = config
  const can = { thumbnails: thumbnailBytes > 0 && hasSharp() }
  const warnOnce = createWarnOnce((message) => app.log.warn(message))
  const noSharp = (why: string) =>
    warnOnce(`There are no thumbnails: ${why}. Run "npm ci" again, with optional packages.`)
  const cache = createPreviewCache({
    ...{ folder: join(dataFolder, 'thumbnails'), maxBytes: thumbnailBytes },
    ensureFreeSpace: (bytes) => blobs.ensureFreeSpace(bytes),
    warn: (error) => app.log.warn({ err: error }, 'thumbnails cannot be kept'),
  })
  let found: ReturnType<typeof findFfmpeg> | undefined
  const sizes = createNoteSizes(files, (error) =>
    app.log.warn({ err: error }, 'sizes of pictures cannot be noted'),
  )
  const previews = createPreviews({
    ...{ blobs, cache, limits: previewLimits },
    hasThumbnails: can.thumbnails,
    monotonic: () => clock.monotonic(),
    onSize: ({ blobId }, size) => sizes.note(blobId, size),
    async findPrograms() {
      found ??= findFfmpeg(config.ffmpeg)
      const tools = await found
      if (!('problem' in tools)) return tools
      // Once it is installed, no restart is needed.
      found = undefined
      warnOnce(`Films have no thumbnails: ${tools.problem}. ${tools.nextStep}.`)
      return null
    },
    onMissing(problem, message) {
      if (problem === 'no pdfium') {
        warnOnce(
          `Papers have no thumbnails: ${message}. Run "npm ci" again, with optional packages.`,
        )
      }
      if (problem !== 'no sharp') return
      can.thumbnails = false
      noSharp(`sharp does not run here (${message.split('\n')[0]})`)
    },
  })
  app.addHook('onListen', async () => {
    if (thumbnailBytes > 0 && !can.thumbnails) noSharp('the package sharp is not installed')
    void cache.open()
  })
  app.addHook('preClose', async () => {
    await previews.close()
    await sizes.close()
  })
  return { previews, can }
}

/** Whether it is installed, with a build for this system: loading it here would keep 40 MB. */
function hasSharp(): boolean {
  const { resolve } = createRequire(import.meta.url)
  const isThere = (name: string) => {
    try {
      return resolve(name) !== ''
    } catch {
      return false
    }
  }
  const { platform, arch } = process
  const systems = platform === 'linux' ? ['linux', 'linuxmusl'] : [platform]
  return (
    isThere('sharp') && systems.some((system) => isThere(`@img/sharp-${system}-${arch}/sharp.node`))
  )
}

function createWarnOnce(warn: (message: string) => void): (message: string) => void {
  const told = new Set<string>()
  return (message) => {
    if (!told.has(message)) warn(message)
    told.add(message)
  }
}
