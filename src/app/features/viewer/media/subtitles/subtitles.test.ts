import { expect, test } from 'vitest'
import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { decodeText } from './decode-text.ts'
import { readCues, writeVtt } from './read-cues.ts'
import { findSubtitles } from './subtitle-files.ts'

const file = (name: string): ViewedFile => ({
  name,
  size: 1,
  link: name,
  sharedLink: name,
  uploadedAt: '',
})
const found = (film: string, ...names: string[]) =>
  findSubtitles(file(film), names.map(file)).map(({ file: { name }, language, label }) => [
    name,
    language,
    label,
  ])

test('subtitles belong to the film whose name theirs begins with, and tell their language', () => {
  expect(
    found(
      'Film.mkv',
      ...['Film.srt', 'film.DE.srt', 'Film.pt-BR.vtt', 'Film.ger.forced.ass', 'Film.English.ssa'],
      ...['Film.txt', 'Film 2.srt', 'Filmic.srt', 'Film.mkv', '.srt'],
    ),
  ).toEqual([
    ['Film.srt', '', 'Subtitles'],
    ['film.DE.srt', 'de', 'German'],
    ['Film.pt-BR.vtt', 'pt-BR', 'Brazilian Portuguese'],
    ['Film.ger.forced.ass', 'de', 'German forced'],
    ['Film.English.ssa', 'en', 'English'],
  ])
})

test('two of one language are told apart, and a name with dots or marks is itself', () => {
  expect(found('A.B (1).mp4', 'A.B (1).en.srt', 'A.B (1).en.vtt', 'A.srt')).toEqual([
    ['A.B (1).en.srt', 'en', 'English'],
    ['A.B (1).en.vtt', 'en', 'English 2'],
  ])
  expect(found('e\u0301t\u00e9.mp4', '\u00e9t\u00e9.fr.srt')).toHaveLength(1)
  expect(found('x.mp4', 'x.<b onload=a>.srt')[0]?.[2]).toBe('<b onload=a>')
})

const srt =
  '1\r\n00:00:01,000 --> 00:00:02,500\r\nHello <i>there</i>\r\n\r\n2\r\n00:01:00,0 --> 01:00:00,0\r\nLast'

test('SubRip is read whatever ends its lines', () => {
  const cues = [
    { start: 1, end: 2.5, text: 'Hello <i>there</i>', settings: '' },
    { start: 60, end: 3600, text: 'Last', settings: '' },
  ]
  for (const end of ['\r\n', '\n', '\r'])
    expect(readCues(srt.replaceAll('\r\n', end))).toEqual(cues)
  expect(writeVtt(cues)).toBe(
    'WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello <i>there</i>\n\n00:01:00.000 --> 01:00:00.000\nLast\n',
  )
})

test('WebVTT keeps where a cue stands; styles, notes and voices go', () => {
  const vtt =
    'WEBVTT\n\nSTYLE\n::cue { background: url(http://x.test/) }\n\nNOTE no\n\nid\n00:01.000 --> 00:02.000 line:0 align:start x:y\n<v Roger>Fish &amp; <00:01.500><c.red>chips</c>'
  expect(readCues(vtt)).toEqual([
    { start: 1, end: 2, text: 'Fish &amp; chips', settings: 'line:0 align:start' },
  ])
})

test('SubStation Alpha is read as text: overrides, drawings and styles go', () => {
  const ass =
    '[V4+ Styles]\nFormat: Name, Fontname\n[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:02.50,0:00:03.00,Top,{\\an8\\i1}One, two{\\i0}\\NThree\nDialogue: 0,0:00:01.00,0:00:02.00,Top,First\nComment: 0,0:00:01.00,0:00:02.00,Top,Hidden\nDialogue: 0,0:00:01.00,0:00:02.00,Top,{\\p1}m 0 0 l 1 1{\\p0}'
  expect(readCues(ass).map(({ start, text }) => [start, text])).toEqual([
    [1, 'First'],
    [2.5, '<i>One, two</i>\nThree'],
  ])
})

test.each([
  ['<script>alert(1)</script>', 'alert(1)'],
  ['<img src=x onerror=alert(1)>', ''],
  ['a < b > c --> d', 'a &lt; b &gt; c --&gt; d'],
  ['<b onclick="x">bold', '<b>bold</b>'],
  ['<b><i>x</b></i>', '<b><i>x</i></b>'],
  ['&lt;script&gt; & &nbsp;', '&lt;script&gt; &amp; &nbsp;'],
  ['<b <i>>', '&lt;b <i>&gt;</i>'],
])('%s goes through as %s', (text, clean) => {
  const cues = readCues(`00:01.000 --> 00:02.000\n${text}`)
  expect(cues.map((cue) => cue.text)).toEqual(clean === '' ? [] : [clean])
})

test('what is no subtitle gives none, and what is endless ends', () => {
  for (const text of ['', 'nonsense', '00:01.000 --> 00:00.500\nbackwards', '\0\0\0'])
    expect(readCues(text)).toEqual([])
  expect(readCues('00:01.000 --> 00:02.000\nx\n\n'.repeat(30_000))).toHaveLength(20_000)
  expect(readCues(`00:01.000 --> 00:02.000\n${'x'.repeat(1e6)}`)[0]?.text).toHaveLength(1000)
  // None of these takes more than a moment.
  readCues(`00:01.000 --> 00:02.000\n${'<'.repeat(1e6)}`)
  readCues('0'.repeat(2e6))
  readCues(`Dialogue: ${'0,'.repeat(9)}${'{'.repeat(1e6)}`)
})

test('the encoding is found', () => {
  const utf16 = (text: string, isBig: boolean) =>
    Array.from(text, (sign) => sign.charCodeAt(0)).flatMap((byte) =>
      isBig ? [0, byte] : [byte, 0],
    )
  const text = 'Grüße, 1 2 3'
  const utf8 = new TextEncoder().encode(text)
  expect(decodeText(utf8)).toBe(text)
  expect(decodeText(Uint8Array.from([0xef, 0xbb, 0xbf, ...utf8]))).toBe(text)
  expect(decodeText(Uint8Array.from([0xff, 0xfe, ...utf16(text, false)]))).toBe(text)
  expect(decodeText(Uint8Array.from([0xfe, 0xff, ...utf16(text, true)]))).toBe(text)
  expect(decodeText(Uint8Array.from(utf16(text, false)))).toBe(text)
  expect(decodeText(Uint8Array.from(utf16(text, true)))).toBe(text)
  expect(decodeText(Uint8Array.from(text, (sign) => sign.charCodeAt(0)))).toBe(text)
  // Cut within a letter it is UTF-8 all the same.
  expect(decodeText(utf8.subarray(0, 3), true)).toMatch(/^Gr/)
  expect(decodeText(new TextEncoder().encode('aé').subarray(0, 2), true)).toBe('a\ufffd')
})
