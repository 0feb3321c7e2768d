import { describe, expect, test } from 'vitest'
import {
  decodeText,
  findEncoding,
  looksLikeText,
  showControls,
  showDirectionMarks,
} from './decode-text.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const bytes = (...list: (number | Uint8Array | string)[]) =>
  new Uint8Array(
    list.flatMap((one) =>
      typeof one === 'number' ? one : [...(typeof one === 'string' ? utf8(one) : one)],
    ),
  )
const utf16 = (text: string, isLittle: boolean) =>
  bytes(
    ...Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)).flatMap((code) =>
      isLittle ? [code & 255, code >> 8] : [code >> 8, code & 255],
    ),
  )

const read = (all: Uint8Array, isWhole = true) =>
  decodeText(all, findEncoding(all, isWhole), isWhole)

describe('the encoding of a text', () => {
  test.each([
    ['UTF-8', utf8('Grüße, 世界 🦀'), 'utf-8', 'Grüße, 世界 🦀'],
    ['UTF-8 with a BOM', bytes(0xef, 0xbb, 0xbf, 'Grüße'), 'utf-8', 'Grüße'],
    ['UTF-16 with a BOM', bytes(0xff, 0xfe, utf16('Grüße', true)), 'utf-16le', 'Grüße'],
    ['UTF-16 the other way round', bytes(0xfe, 0xff, utf16('Grüße', false)), 'utf-16be', 'Grüße'],
    ['UTF-16 without a BOM', utf16('Hello, world', true), 'utf-16le', 'Hello, world'],
    ['big UTF-16 without a BOM', utf16('Hello, world', false), 'utf-16be', 'Hello, world'],
    ['Latin-1', bytes('Gr', 0xfc, 0xdf, 'e aus K', 0xf6, 'ln'), 'windows-1252', 'Grüße aus Köln'],
    ['Windows-1252', bytes(0x93, 'ten', 0x94, ' ', 0x80), 'windows-1252', '“ten” €'],
    ['nothing at all', bytes(), 'utf-8', ''],
  ])('%s', (_, all, encoding, text) => {
    expect(findEncoding(all)).toBe(encoding)
    expect(read(all)).toBe(text)
  })

  test('a character that is cut at the end of a piece is left for the next, wherever it is cut', () => {
    const whole = utf8('a世🦀')
    const shown = ['', 'a', 'a', 'a', 'a世', 'a世', 'a世', 'a世', 'a世🦀']
    for (const [length, text] of shown.entries()) {
      expect(findEncoding(whole.subarray(0, length), false)).toBe('utf-8')
      expect(read(whole.subarray(0, length), false)).toBe(text)
    }
  })

  test('at the end of the file a cut character is shown as bad, not left out', () => {
    expect(read(bytes('世世世世世世世世世世世世', 0xe4, 0xb8))).toMatch(/世\ufffd$/)
  })

  test('a bad byte in a long UTF-8 text does not make all of it Latin-1', () => {
    expect(
      findEncoding(bytes('Überall Öl für Ärzte, größer, süßer, höher, schöner, früher', 0xff, 'x')),
    ).toBe('utf-8')
  })
})

describe('what is no text', () => {
  const film = bytes(0, 0, 0, 0x20, 'ftypisom', 0, 0, 2, 0)
  test.each([
    ['a film', film, false, false],
    ['a film named as text', bytes(0, 0, 0, 0, 0, 0, 0, 'abc'), true, false],
    [
      'compressed bytes',
      bytes(...Array.from({ length: 512 }, (_, at) => (at * 7) % 256)),
      true,
      false,
    ],
    ['a log with zeros in it', bytes(0, 0, 0, 'GET / 200 and much more'), true, true],
    ['the same under a name that says nothing', bytes(0, 'GET / 200 and much more'), false, false],
    ['UTF-16, half of it zeros', utf16('Hello, world', true), false, true],
    ['Latin-1', bytes('Gr', 0xfc, 0xdf, 'e'), false, true],
    ['nothing', bytes(), false, true],
  ])('%s', (_, all, isNamed, isText) => {
    expect(looksLikeText(all, isNamed)).toBe(isText)
  })
})

test('what shows as nothing is shown, and the colours of a terminal are not', () => {
  expect(showControls('a\u0000b\u007f\t\r\n')).toEqual({ text: 'a␀b␡\t\r\n', hasControls: true })
  expect(showControls('\u001b[31mred\u001b[0m')).toEqual({ text: 'red', hasControls: false })
})

test('marks that turn the direction are shown', () => {
  expect(showDirectionMarks('if (a\u202e) \u2066x')).toEqual({
    text: 'if (a\ufffd) \ufffdx',
    hasMarks: true,
  })
  expect(showDirectionMarks('שלום')).toEqual({ text: 'שלום', hasMarks: false })
})
