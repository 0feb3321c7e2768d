import { Mime } from 'mime/lite'
import otherTypes from 'mime/types/other.js'
import standardTypes from 'mime/types/standard.js'
import {
  cutToBytes,
  type FileName,
  fileNameMaxBytes,
  hiddenCharacters,
  parseFileName,
  utf8Length,
} from '#contract/file-name.ts'
import { readDispositionName } from '#server/imports/source/read-disposition-name.ts'

export type SourceNames = {
  asked: FileName | null
  /** Content-Disposition and Content-Type as Node gives them: each byte a character. */
  disposition: string | undefined
  type: string | undefined
  url: URL
}

/**
 * The name of an imported file: what was asked for, else what the source calls it, else the last
 * part of its address, else the site's name. One without an ending gets that of the file's type.
 */
export function importFileName({ asked, disposition, type, url }: SourceNames): FileName {
  if (asked !== null) return asked
  const ending = endingOfType(type)
  const told = sourceFileName(disposition === undefined ? null : readDispositionName(disposition))
  const name = told ?? addressName(url, ending)
  if (name !== null) return endingOfName(name) === '' ? withEnding(name, ending) : name
  return withEnding(url.hostname, ending)
}

// Programs that make a file: their ending says nothing about it.
const scriptEnding = /^\.(php\d?|phtml|aspx?|ashx|jspx?|cgi|pl|do|action|cfm|dll|exe)$/i
// Of all parameters only those that are called like one: `?ref=example.com` names no file.
const nameParameter =
  /^(file|file_?name|fn|f|name|n|download|dl|path|attname|title|(response-)?content-disposition)$/i

/** The file's name in an address: `/dl?file=report.pdf` is not called `dl`. */
function addressName(url: URL, typeEnding: string): FileName | null {
  const name = sourceFileName(lastSegment(url))
  const ending = name === null ? '' : endingOfName(name)
  const isScript = scriptEnding.test(ending) && typeEnding.toLowerCase() !== ending.toLowerCase()
  if (ending !== '' && !isScript) return name
  const parameter = parameterName(url)
  if (parameter !== null) return parameter
  if (name === null || !isScript || typeEnding === '') return name
  return withEnding(name.slice(0, -ending.length), typeEnding)
}

function parameterName(url: URL): FileName | null {
  for (const [key, value] of url.searchParams) {
    if (!nameParameter.test(key)) continue
    const isHeader = /content-disposition$/i.test(key)
    const name = sourceFileName(isHeader ? readDispositionName(value) : value)
    if (name !== null && endingOfName(name) !== '') return name
  }
  return null
}

function withEnding(name: string, ending: string): FileName {
  return safeFileName(name, ending) ?? ('download' as FileName)
}

/** A name that a source gave: of a path its last part, without the dots and blanks at its end. */
function sourceFileName(text: string | null): FileName | null {
  const segment = text?.split(/[/\\]/).findLast((part) => part.trim() !== '') ?? ''
  return safeFileName(segment.replace(/[.\s]+$/, ''))
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

function lastSegment(url: URL): string | null {
  const segment = url.pathname.split('/').findLast((part) => part !== '')
  try {
    return segment === undefined ? null : decodeURIComponent(segment)
  } catch {
    return segment ?? null
  }
}

const types = new Mime(standardTypes, otherTypes)
// What people and browsers call them, where the table's first ending is another.
types.define(
  {
    ...{ 'audio/mpeg': ['mp3'], 'audio/ogg': ['ogg'], 'video/quicktime': ['mov'] },
    ...{ 'image/jpg': ['jpg'], 'image/pjpeg': ['jpg'], 'application/x-gzip': ['gz'] },
    ...{ 'application/x-pdf': ['pdf'], 'text/x-python': ['py'], 'application/x-zip': ['zip'] },
  },
  true,
)

/** Types that servers send when they do not know better. */
const sayingNothing =
  /^(application\/(octet-stream|x-msdownload|download|unknown|x-binary)|.*\/(force-download|x-download|x-unknown))$|^binary\//

/** The ending, dot included, of files of a media type; '' where the type tells none. */
function endingOfType(contentType: string | undefined): string {
  const [type = ''] = (contentType ?? '').split(';')
  const plain = type.trim().toLowerCase()
  if (sayingNothing.test(plain)) return ''
  const extension = types.getExtension(plain)
  return extension ? `.${extension}` : ''
}

/**
 * The ending of a file name, dot included; '' for a name without one. `1.0` and `2301.12345v2` are
 * numbers with a dot, `a.7z` and `a.3gp` end in something that is known.
 */
function endingOfName(name: string): string {
  const ending = /[^.](\.[a-z\d_~-]{1,16})$/i.exec(name)?.[1] ?? ''
  const isEnding = /^\.[a-z]/i.test(ending) || types.getType(ending) !== null
  return isEnding ? ending : ''
}
