import { parse } from 'content-disposition'
import {
  cutToBytes,
  type FileName,
  fileNameMaxBytes,
  hiddenCharacters,
  parseFileName,
} from '#contract/file-name.ts'
import { utf8Length } from '#contract/utf8-length.ts'
import { readHeaderText } from './read-header-text.ts'

/**
 * The name of an imported file: what was asked for, else what the source calls it, else the last
 * part of its address, else the site's name.
 */
export function importFileName(from: {
  asked: FileName | null
  /** The header as Node gives it: each byte a character. */
  disposition: string | undefined
  url: URL
}): FileName {
  const candidates = [dispositionName(from.disposition), lastSegment(from.url)]
  const named = candidates.map((name) => safeFileName(name ?? '')).find((name) => name !== null)
  return from.asked ?? named ?? safeFileName(from.url.hostname) ?? ('download' as FileName)
}

/**
 * Makes a valid file name of text from outside, or null when nothing is left of it.
 * @param ending appended whole; the text before it is cut to make room
 */
export function safeFileName(text: string, ending = ''): FileName | null {
  const plain = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\u200e\u200f]/gu, ' ')
    .replace(hiddenCharacters, ' ')
    .replace(/[/\\]/g, '_')
    .replace(/\s+/g, ' ')
    .trim()
  const stem = plain === '' || /^\.+$/.test(plain) ? '' : plain
  if (stem === '') return null
  const parsed = parseFileName(cutToFit(stem, ending))
  return parsed.ok ? parsed.value : null
}

// A name that is too long keeps its extension: programs open files by it.
function cutToFit(name: string, ending: string): string {
  const extension = ending === '' ? (/.(\.[^.\s]{1,16})$/.exec(name)?.[1] ?? '') : ''
  const kept = extension === '' ? name : name.slice(0, -extension.length)
  const room = fileNameMaxBytes - utf8Length(extension + ending)
  return `${cutToBytes(kept, room).trimEnd()}${extension}${ending}`
}

function dispositionName(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  try {
    const { filename } = parse(header).parameters
    return filename === undefined ? undefined : readHeaderText(filename)
  } catch {
    return undefined
  }
}

function lastSegment(url: URL): string | undefined {
  const segment = url.pathname.split('/').findLast((part) => part !== '')
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment)
  } catch {
    return segment
  }
}
