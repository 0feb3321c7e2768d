import readExif from 'exif-reader'
import { ExifBytes } from '#contract/exif-bytes.ts'
import { cameraName, describeExif, placeOf } from '#contract/exif-facts.ts'
import type { FileDetails } from '#contract/previews.ts'
import type { PictureFacts } from './picture-processes.ts'
import { isCover, type MediaFacts } from './read-media.ts'

/** What a file's bytes say of it. */
export type MediaDetails = Omit<FileDetails, 'status' | 'size' | 'type' | 'sha256'>

export function describePicture({ width, height, format, exif }: PictureFacts): MediaDetails {
  return { width, height, codecs: [format], ...(exif ? readExifBlock(exif) : {}) }
}

/** Of a raw photo by its first bytes: those that are a TIFF are such a block themselves. */
export function readRawExif(head: Uint8Array): MediaDetails {
  const isBlock = /^(II\*\0|MM\0\*)/.test(Buffer.from(head.subarray(0, 4)).toString('latin1'))
  return isBlock ? readExifBlock(head) : {}
}

/** Cameras and editors write much that is no EXIF: what cannot be read is left out. */
function readExifBlock(block: Uint8Array): MediaDetails {
  const isNamed = Buffer.from(block.subarray(0, 4)).toString('latin1') === 'Exif'
  try {
    return describeExif(readExif(new ExifBytes(isNamed ? block.subarray(6) : block) as never))
  } catch {
    return {}
  }
}

export function describeMedia({ streams, format }: MediaFacts): MediaDetails {
  const film = streams.find((one) => one.codec_type === 'video' && !isCover(one))
  const isTurned = (film?.side_data_list ?? []).some(
    ({ rotation = 0 }) => Math.abs(rotation) % 180 === 90,
  )
  const [width, height] = isTurned ? [film?.height, film?.width] : [film?.width, film?.height]
  const duration = Number(format.duration)
  const played = streams.filter((one) => /^(video|audio)$/.test(one.codec_type ?? ''))
  const codecs = played.flatMap((one) => (isCover(one) ? [] : (one.codec_name ?? [])))
  const tags = lowerCased(format.tags ?? {})
  const place = /^([+-]\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)/.exec(
    tags['com.apple.quicktime.location.iso6709'] ?? tags.location ?? '',
  )
  const taken = tags['com.apple.quicktime.creationdate'] ?? tags.creation_time ?? ''
  return {
    ...(width && height ? { width, height } : {}),
    ...known('duration', duration > 0 && Number.isFinite(duration) ? duration : null),
    ...known('codecs', codecs.length > 0 ? codecs : null),
    ...known('taken_at', /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(taken) ? taken : null),
    ...known(
      'camera',
      cameraName(tags['com.apple.quicktime.make'], tags['com.apple.quicktime.model']),
    ),
    ...known('place', place && placeOf(Number(place[1]), Number(place[2]))),
  }
}

function known<Name extends string, Value>(name: Name, value: Value | null) {
  return (value === null ? {} : { [name]: value }) as { [key in Name]?: Value }
}

function lowerCased(tags: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [name.toLowerCase(), value]),
  )
}
