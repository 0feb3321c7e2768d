import { type EmbeddedJpeg, findEmbedded } from '#contract/embedded-jpegs.ts'
import type { ByteRange } from '#server/bytes/byte-range.ts'

/**
 * How the bytes are to be read: by sharp, by PDFium, or by ffmpeg with this demuxer and no other. `raw` is a photo of which
 * sharp reads the previews that the camera put into it, and nothing else.
 */
export type MediaFormat =
  | { reader: 'sharp' }
  | { reader: 'raw'; previews: EmbeddedJpeg[]; orientation: number; head: Uint8Array }
  | { reader: 'pdf' }
  | { reader: 'ffmpeg'; demuxer: string }

/** Bytes of a file's start that tell its format. */
export const formatRange: ByteRange = { first: 0, last: 1023 }
/** Those in which raw photos, and other TIFFs, name what is in them. */
export const directoryRange: ByteRange = { first: 0, last: 1024 * 1024 - 1 }

/** Whether it may be a raw photo: most are a TIFF at first sight. */
export function mayBeRaw(start: Uint8Array): boolean {
  return /^(II|MM|FUJIFILM|....ftypcrx )/s.test(Buffer.from(start).toString('latin1'))
}

/** Null for what is no raw photo. @param head as much of it as `directoryRange` says */
export function readRawFormat(head: Uint8Array): MediaFormat | null {
  const found = findEmbedded(head)
  if (!found?.isRaw) return null
  return { reader: 'raw', previews: found.jpegs, orientation: found.orientation, head }
}

type Mark = { at?: number; bytes: string; format: MediaFormat }

const picture: MediaFormat = { reader: 'sharp' }
const media = (demuxer: string): MediaFormat => ({ reader: 'ffmpeg', demuxer })

/** In Latin-1. No text format is among them: SVG, playlists and their like name other files. */
const marks: Mark[] = [
  { bytes: '\xff\xd8\xff', format: picture },
  { bytes: '\x89PNG\r\n\x1a\n', format: picture },
  { bytes: 'GIF87a', format: picture },
  { bytes: 'GIF89a', format: picture },
  { bytes: '%PDF-', format: { reader: 'pdf' } },
  { bytes: 'II*\0', format: picture },
  { bytes: 'MM\0*', format: picture },
  { at: 8, bytes: 'WEBP', format: picture },
  { bytes: '\x1aE\xdf\xa3', format: media('matroska') },
  { at: 8, bytes: 'AVI ', format: media('avi') },
  { at: 8, bytes: 'WAVE', format: media('wav') },
  { at: 8, bytes: 'AIFF', format: media('aiff') },
  { at: 8, bytes: 'AIFC', format: media('aiff') },
  { bytes: 'FLV\x01', format: media('flv') },
  { bytes: '\x30\x26\xb2\x75\x8e\x66\xcf\x11', format: media('asf') },
  { bytes: '\0\0\x01\xba', format: media('mpeg') },
  { bytes: 'OggS', format: media('ogg') },
  { bytes: 'fLaC', format: media('flac') },
  { bytes: 'ID3', format: media('mp3') },
]

const pictureBrands = /^(avif|avis|mif1|msf1|heic|heix|heim|heis|hevc|hevx)/
const boxes = /^(ftyp|moov|mdat|free|skip|wide|pnot)/

/**
 * Told by the bytes alone, never by the name: a playlist, a page or an SVG that calls itself a film or
 * a photo is none. Null for what no thumbnail can be made of.
 * @param start the first bytes, at least 400 where there are so many
 */
export function readFormat(start: Uint8Array): MediaFormat | null {
  const text = Buffer.from(start).toString('latin1')
  const mark = marks.find(({ at = 0, bytes }) => text.startsWith(bytes, at))
  if (mark) return mark.format
  if (boxes.test(text.slice(4))) {
    return pictureBrands.test(text.slice(8)) && text.startsWith('ftyp', 4) ? picture : media('mov')
  }
  if (isTransportStream(text, 0) || isTransportStream(text, 4)) return media('mpegts')
  // A frame of MPEG audio, or of AAC, which differs in the layer: that is never 0 in the former.
  if (/^\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]/.test(text)) return media('mp3')
  return /^\xff[\xf0\xf1\xf8\xf9]/.test(text) ? media('aac') : null
}

/** Its packets have 188 bytes, on Blu-rays and in cameras four more before each; all start with "G". */
function isTransportStream(text: string, first: number): boolean {
  const size = 188 + first
  return text.length > first + size && [0, 1].every((index) => text[first + index * size] === 'G')
}
