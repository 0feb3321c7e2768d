import readExif from 'exif-reader'
import type { FileDetails } from '#contract/previews.ts'
import type { PictureFacts } from './picture-processes.ts'
import { isCover, type MediaFacts } from './read-media.ts'

/** What a file's bytes say of it. */
export type MediaDetails = Omit<FileDetails, 'status' | 'size' | 'type' | 'sha256'>

export function describePicture({ width, height, format, exif }: PictureFacts): MediaDetails {
  return { width, height, codecs: [format], ...(exif ? describeExif(Buffer.from(exif)) : {}) }
}

type Exif = ReturnType<typeof readExif>

/** Cameras and editors write much that is no EXIF: what cannot be read is left out. */
function describeExif(bytes: Buffer): MediaDetails {
  let exif: Exif
  try {
    exif = readExif(bytes)
  } catch {
    return {}
  }
  const { Photo = {}, Image = {}, GPSInfo = {} } = exif
  return {
    ...known('taken_at', exifTime(Photo.DateTimeOriginal, Photo.OffsetTimeOriginal)),
    ...known('camera', cameraName(Image.Make, Image.Model)),
    ...known(
      'place',
      placeOf(
        degrees(GPSInfo.GPSLatitude, GPSInfo.GPSLatitudeRef === 'S'),
        degrees(GPSInfo.GPSLongitude, GPSInfo.GPSLongitudeRef === 'W'),
      ),
    ),
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

/** EXIF has a local time; the reader takes it for UTC. */
function exifTime(time: unknown, offset: unknown): string | null {
  if (!(time instanceof Date) || Number.isNaN(time.getTime()) || time.getUTCFullYear() < 1800) {
    return null
  }
  const zone = typeof offset === 'string' && /^[+-]\d\d:\d\d$/.test(offset) ? offset : ''
  return time.toISOString().slice(0, 19) + zone
}

const maxNameLength = 100

/** Many makers begin the model with their name. */
function cameraName(make: unknown, model: unknown): string | null {
  const [maker, name] = [make, model].map((text) =>
    typeof text === 'string' ? text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim() : '',
  ) as [string, string]
  const isNamed = name.toLowerCase().startsWith(maker.toLowerCase())
  return (isNamed ? name : `${maker} ${name}`).trim().slice(0, maxNameLength) || null
}

function degrees(parts: unknown, isNegative: boolean): number {
  if (!Array.isArray(parts)) return Number.NaN
  const [whole = Number.NaN, minutes = 0, seconds = 0] = parts.map(Number)
  return (whole + minutes / 60 + seconds / 3600) * (isNegative ? -1 : 1)
}

/** Null for what is nowhere on Earth, and for the zeros that cameras without reception write. */
function placeOf(latitude: number, longitude: number): FileDetails['place'] | null {
  const isThere = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  const round = (value: number) => Math.round(value * 1e6) / 1e6
  if (!isThere || (latitude === 0 && longitude === 0)) return null
  return { latitude: round(latitude), longitude: round(longitude) }
}
