import { thumbnailSides } from '#contract/previews.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Previews } from '#server/files/share-previews.ts'
import { describeMedia, describePicture, type MediaDetails, readRawExif } from './describe-media.ts'
import {
  createGetPreview,
  type GetPreview,
  type MakingOptions,
  type OpenedFile,
  type PreviewKind,
} from './make-preview.ts'
import {
  createPictureProcesses,
  type PictureLimits,
  type PictureProcesses,
  pictureLimits,
} from './picture-processes.ts'
import { PreviewFailure } from './preview-failure.ts'
import { createMediaReader, type MediaReader } from './read-media.ts'
import { type MediaLimits, type MediaPrograms, mediaLimits } from './run-media-program.ts'

export type PreviewLimits = MakingOptions['limits'] & {
  picture: PictureLimits
  media: MediaLimits
}

export const previewLimits: PreviewLimits = {
  picture: pictureLimits,
  media: mediaLimits,
  maxPictureBytes: 256 * 1024 * 1024,
  atOnce: 2,
  maxWaiting: 200,
}

type PreviewsOptions = MakingOptions & {
  limits: PreviewLimits
  /** False: only details. */
  hasThumbnails: boolean
  /** Null where there is no ffmpeg. */
  findPrograms(): Promise<MediaPrograms | null>
}

const notMade = new ApiFailure('not_found', 'No thumbnail can be made of this file.')
const ending = new ApiFailure('unavailable', 'The server is ending. Try again later.')

/** Makes thumbnails and details of stored files, a few at a time, in processes that may die. */
export function createPreviews(options: PreviewsOptions): Previews & { close(): Promise<void> } {
  const { limits } = options
  const pictures = createPictureProcesses(limits.picture)
  const media = createMediaReader(options.findPrograms, limits.media)
  const getPreview = createGetPreview(options)
  const closing = new AbortController()
  const details = detailsKind(pictures, media)
  const get: GetPreview = (file, kind, signal) =>
    getPreview(file, kind, AbortSignal.any([signal, closing.signal]))

  return {
    async thumbnail(file, size, signal) {
      if (!options.hasThumbnails) throw notMade
      const [name, side] = [`${size}.webp`, thumbnailSides[size]]
      try {
        return await get(file, thumbnailKind(name, side, { pictures, media }), signal)
      } catch (error) {
        throw error instanceof PreviewFailure ? notMade : error
      }
    },
    async details(file, signal) {
      try {
        return JSON.parse(new TextDecoder().decode(await get(file, details, signal)))
      } catch (error) {
        if (!(error instanceof PreviewFailure)) throw error
        return {}
      }
    },
    async close() {
      closing.abort(ending)
      await pictures.close()
    },
  }
}

type Readers = { pictures: PictureProcesses; media: MediaReader }

function thumbnailKind(name: string, side: number, { pictures, media }: Readers): PreviewKind {
  return {
    name,
    async make({ path, folder, format }, signal) {
      if (format.reader === 'sharp') {
        const { bytes, ...size } = await pictures.thumbnail(path, side, signal)
        return { bytes, size }
      }
      if (format.reader === 'raw') {
        const { bytes, ...size } = await pictures.rawThumbnail(path, { ...format, side }, signal)
        return { bytes, size }
      }
      if (format.reader === 'pdf') {
        const { bytes } = await pictures.firstPage(path, side, signal)
        return { bytes }
      }
      const { demuxer } = format
      const picture = await media.picture({ path, demuxer, folder }, { side, signal })
      // A frame is as small as it is needed.
      const { bytes } = await pictures.thumbnail(picture, side, signal)
      return { bytes }
    },
  }
}

function detailsKind(pictures: PictureProcesses, media: MediaReader): PreviewKind {
  return {
    name: 'details.json',
    async make({ path, folder, format }, signal) {
      const known = await describeOpened({ path, folder, format }, { pictures, media }, signal)
      const { width, height } = known
      const size = width && height ? { size: { width, height } } : {}
      return { bytes: Buffer.from(JSON.stringify(known)), ...size }
    },
  }
}

async function describeOpened(
  { path, folder, format }: OpenedFile,
  { pictures, media }: Readers,
  signal: AbortSignal,
): Promise<MediaDetails> {
  if (format.reader === 'sharp') return describePicture(await pictures.facts(path, signal))
  if (format.reader === 'raw') return readRawExif(format.head)
  if (format.reader === 'pdf') return {}
  return describeMedia(await media.facts({ path, demuxer: format.demuxer, folder }, signal))
}
