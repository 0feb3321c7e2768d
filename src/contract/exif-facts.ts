import type { FileDetails } from './previews.ts'

/** What `exif-reader` reads, as far as it is told to anybody; any of it may be something else. */
export type ReadExif = {
  Image?: { Make?: unknown; Model?: unknown } | null
  Photo?: { DateTimeOriginal?: unknown; OffsetTimeOriginal?: unknown } | null
  GPSInfo?: Partial<
    Record<'GPSLatitude' | 'GPSLatitudeRef' | 'GPSLongitude' | 'GPSLongitudeRef', unknown>
  > | null
}

export type ExifFacts = Pick<FileDetails, 'taken_at' | 'camera' | 'place'>

/** When, with what and where a photo was taken: the same words from the server and, without one, in the app. */
export function describeExif({ Image, Photo, GPSInfo }: ReadExif): ExifFacts {
  const takenAt = exifTime(Photo?.DateTimeOriginal, Photo?.OffsetTimeOriginal)
  const camera = cameraName(Image?.Make, Image?.Model)
  const place = placeOf(
    degrees(GPSInfo?.GPSLatitude, GPSInfo?.GPSLatitudeRef === 'S'),
    degrees(GPSInfo?.GPSLongitude, GPSInfo?.GPSLongitudeRef === 'W'),
  )
  return {
    ...(takenAt === null ? {} : { taken_at: takenAt }),
    ...(camera === null ? {} : { camera }),
    ...(place === null ? {} : { place }),
  }
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
export function cameraName(make: unknown, model: unknown): string | null {
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
export function placeOf(latitude: number, longitude: number): FileDetails['place'] | null {
  const isThere = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  const round = (value: number) => Math.round(value * 1e6) / 1e6
  if (!isThere || (latitude === 0 && longitude === 0)) return null
  return { latitude: round(latitude), longitude: round(longitude) }
}
