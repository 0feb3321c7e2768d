import { expect, test } from 'vitest'
import { type FileName, numberedFileName, parseFileName, utf8Length } from './file-name.ts'

const names: [given: string, name: string][] = [
  ['movie.mp4', 'movie.mp4'],
  ['.bashrc', '.bashrc'],
  ['...', '...'],
  ['-rf', '-rf'],
  ['a:b*c?"<>|', 'a:b*c?"<>|'],
  ['%2e%2e%2f', '%2e%2e%2f'],
  ['Cafe\u0301.txt', 'Café.txt'],
  ['映画.mkv', '映画.mkv'],
  ['👨‍👩‍👧.jpg', '👨‍👩‍👧.jpg'],
  // Joiners, presentation marks and tags that belong to what is written with them.
  ['می\u200cخواهم.txt', 'می\u200cخواهم.txt'],
  ['क्\u200dष', 'क्\u200dष'],
  ['1\ufe0f\u20e3 First.mp3', '1\ufe0f\u20e3 First.mp3'],
  [
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  ],
  ['ភាសា\u200bខ្មែរ', 'ភាសា\u200bខ្មែរ'],
  ['\u200eIMG 1.jpg', '\u200eIMG 1.jpg'],
  ['con\u00adtract.pdf', 'con\u00adtract.pdf'],
  ['Screenshot 3.04\u202fPM.png', 'Screenshot 3.04\u202fPM.png'],
  ['Vol. 1.', 'Vol. 1.'],
  [' a ', ' a '],
  ['a'.repeat(255), 'a'.repeat(255)],
  // 256 bytes as it is given, 254 once composed: the rule counts what is kept.
  [`${'e\u0301'.repeat(2)}${'a'.repeat(250)}`, `${'é'.repeat(2)}${'a'.repeat(250)}`],
]

test.each(names)('the name %j is kept as %j', (given, name) => {
  expect(parseFileName(given)).toEqual({ ok: true, value: name })
})

const refusals: [given: string, rule: string][] = [
  ['', 'File names must not be empty.'],
  ['.', 'File names must not be "." or "..".'],
  ['..', 'File names must not be "." or "..".'],
  ['a/b', 'File names must not contain "/" or "\\".'],
  ['/', 'File names must not contain "/" or "\\".'],
  ['..\\..\\boot.ini', 'File names must not contain "/" or "\\".'],
  ['a\u0000.txt', 'File names must not contain control characters.'],
  ['a\r\nSet-Cookie: x', 'File names must not contain control characters.'],
  ['a\u009b31m', 'File names must not contain control characters.'],
  ['\udc00', 'File names must be valid Unicode.'],
  ['photo\u202egpj.exe', 'File names must not contain the hidden character U+202E.'],
  ['\u2067a\u2069', 'File names must not contain the hidden character U+2067.'],
  ['\ufeffa.txt', 'File names must not contain the hidden character U+FEFF.'],
  ['a\u2028b.txt', 'File names must not contain the hidden character U+2028.'],
  ...[
    ...[' ', '   ', '\u00a0', '\u200b', '\u3000', '\u3164', '\u2800', '\u200d', '\u00ad', '\ufe0f'],
    ...['\u200b\u00a0 ', '.\u200b', '. .', '.. ', '\u200b.txt', ' .txt', '\u180e', '\u{e0061}'],
  ].map((name): [string, string] => [name, 'File names must have a character that can be seen.']),
  ['a'.repeat(256), 'File names must be at most 255 bytes.'],
  ['映'.repeat(86), 'File names must be at most 255 bytes.'],
]

test.each(refusals)('the name %j is refused: %s', (given, rule) => {
  expect(parseFileName(given)).toEqual({ ok: false, rule })
})

const numbered: [name: string, number: number, result: string][] = [
  ['movie.mp4', 2, 'movie (2).mp4'],
  ['movie.mp4', 10, 'movie (10).mp4'],
  ['movie', 2, 'movie (2)'],
  ['archive.tar.gz', 2, 'archive.tar (2).gz'],
  ['.bashrc', 2, '.bashrc (2)'],
  ['..bashrc', 2, '..bashrc (2)'],
  ['...', 2, '... (2)'],
  ['a\u2028b.txt', 2, 'a\u2028b (2).txt'],
  ['.a.txt', 2, '.a (2).txt'],
  ['movie (2).mp4', 2, 'movie (2) (2).mp4'],
  ['trailing.', 2, 'trailing (2).'],
]

test.each(numbered)('%j, taken, number %d becomes %j', (name, number, result) => {
  expect(numberedFileName(name as FileName, number)).toBe(result)
})

const longNames = [
  `${'a'.repeat(251)}.mp4`,
  `${'映'.repeat(83)}.mp4`,
  `${'🎬'.repeat(62)}.mp4`,
  'é'.repeat(127),
]

test.each(longNames)(
  'a long name is cut at a character to make room for its number: %j',
  (name) => {
    const result = numberedFileName(name as FileName, 12)
    expect(utf8Length(result)).toBeLessThanOrEqual(255)
    // Three bytes of a four-byte character may go to waste, never more.
    expect(utf8Length(result)).toBeGreaterThan(251)
    expect(result.isWellFormed()).toBe(true)
    expect(result).toMatch(/ \(12\)(\.mp4)?$/)
    expect(parseFileName(result)).toEqual({ ok: true, value: result })
  },
)

/**
 * An extension can be nearly as long as a name may be; then the extension has to give way too,
 * or the numbered name would be refused everywhere.
 */
test('a name that is nearly all extension still has room for a number', () => {
  for (const name of [`a.${'x'.repeat(253)}`, `${'a'.repeat(10)}.${'é'.repeat(122)}`]) {
    const result = numberedFileName(name as FileName, 2)
    expect(parseFileName(result)).toEqual({ ok: true, value: result })
    expect(result).toContain(' (2)')
  }
})

test('lengths are counted in UTF-8 bytes', () => {
  expect(['a', 'é', '映', '🎬', ''].map(utf8Length)).toEqual([1, 2, 3, 4, 0])
  expect(utf8Length('aé映🎬')).toBe(10)
})
