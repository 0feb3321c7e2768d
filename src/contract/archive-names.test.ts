import { expect, test } from 'vitest'
import { createEntryNames, safeName } from './archive-names.ts'

test.each([
  ['a.txt', 'a.txt'],
  ['..', '__'],
  ['.', '_'],
  ['/etc/passwd', '_etc_passwd'],
  ['..\\..\\x', '.._.._x'],
  ['C:\\x', 'C__x'],
  ['a\u0000b\n', 'a_b_'],
  ['a\u202egpj.exe', 'a_gpj.exe'],
  ['What? No: "x" <y>|*', 'What_ No_ _x_ _y___'],
  ['CON', '_CON'],
  ['con.txt', '_con.txt'],
  ['Aux .h', '_Aux .h'],
  ['COM1', '_COM1'],
  ['lpt².log', '_lpt².log'],
  ['console.log', 'console.log'],
  ['a.', 'a_'],
  ['a. . ', 'a____'],
  ['   ', '___'],
  ['...', '___'],
  [' a', ' a'],
  ['.hidden', '.hidden'],
  ['e\u0301', '\u00e9'],
  ['\ud800', '\ufffd'],
  ['', '_'],
  [`${'x'.repeat(251)}.txt`, `${'x'.repeat(251)}.txt`],
])('%j is called %j in an archive', (name, safe) => {
  expect(safeName(name)).toBe(safe)
})

test('a name that grows is cut to 255 bytes', () => {
  expect(safeName(`con.${'x'.repeat(251)}`)).toBe(`_con.${'x'.repeat(250)}`)
})

test('no two names of a folder are one on any system', () => {
  const names = createEntryNames()
  const given = [
    names.take('folder', 'Trip'),
    names.take('folder', 'trip'),
    names.take('file', 'TRIP'),
    names.take('file', 'a?.txt'),
    names.take('file', 'a_.txt'),
    names.take('file', 'A*.TXT'),
    names.take('file', 'straße'),
    names.take('file', 'STRASSE'),
    names.take('file', 'a_ (2).txt'),
  ]
  expect(given).toEqual([
    ...['Trip', 'trip (2)', 'TRIP (3)'],
    ...['a_.txt', 'a_ (2).txt', 'A_ (3).TXT'],
    ...['straße', 'STRASSE (2)', 'a_ (2) (2).txt'],
  ])
})

test('a thousand files of one name take no longer the more there are', () => {
  const names = createEntryNames()
  const given = new Set(Array.from({ length: 20_000 }, () => names.take('file', 'a.txt')))
  expect(given.size).toBe(20_000)
})
