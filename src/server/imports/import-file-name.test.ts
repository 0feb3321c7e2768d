import { expect, test } from 'vitest'
import { parseFileName } from '#contract/file-name.ts'
import { importFileName, safeFileName } from './import-file-name.ts'

const url = new URL('https://files.example/a/from%20url.zip?x=1')

// [what it is about, Content-Disposition as bytes on the wire, name]
test.each([
  ['a quoted name', 'attachment; filename="report 1.pdf"', 'report 1.pdf'],
  ['a bare name', 'attachment; filename=report.pdf', 'report.pdf'],
  [
    'an extended name before a plain one',
    `attachment; filename="x.txt"; filename*=UTF-8''na%C3%AFve.txt`,
    'naïve.txt',
  ],
  ['an extended name in latin-1', `attachment; filename*=ISO-8859-1''na%EFve.txt`, 'naïve.txt'],
  [
    'UTF-8 bytes without saying so',
    Buffer.from('inline; filename="größe.txt"').toString('latin1'),
    'größe.txt',
  ],
  ['an escaped quote', 'attachment; filename="a\\"b.txt"', 'a"b.txt'],
  ['a path', 'attachment; filename="../../etc/passwd"', '.._.._etc_passwd'],
  ['a path from Windows', 'attachment; filename="C:\\\\temp\\\\x.txt"', 'C:_temp_x.txt'],
  ['an encoded slash', `attachment; filename*=UTF-8''a%2Fb.txt`, 'a_b.txt'],
  ['control characters', `attachment; filename*=UTF-8''a%00b%0Ac.txt`, 'a b c.txt'],
  ['turned reading direction', `attachment; filename*=UTF-8''x%E2%80%AEgpj.exe`, 'x gpj.exe'],
  ['only dots', 'attachment; filename=".."', 'from url.zip'],
  ['an empty name', 'attachment; filename=""', 'from url.zip'],
  ['no name', 'attachment', 'from url.zip'],
  ['nonsense', ';;;=', 'from url.zip'],
])('%s in Content-Disposition gives a safe name', (_what, disposition, name) => {
  expect(importFileName({ asked: null, disposition, url })).toBe(name)
})

test('what was asked for goes before the header, and the header before the address', () => {
  const asked = parseFileName('mine.bin')
  const disposition = 'attachment; filename=theirs.bin'
  expect(importFileName({ asked: asked.ok ? asked.value : null, disposition, url })).toBe(
    'mine.bin',
  )
  expect(importFileName({ asked: null, disposition, url })).toBe('theirs.bin')
  expect(importFileName({ asked: null, disposition: undefined, url })).toBe('from url.zip')
})

test.each([
  ['https://files.example/', 'files.example'],
  ['https://files.example/a/b/', 'b'],
  ['https://files.example/%E0%A4%A', '%E0%A4%A'],
  ['https://files.example/%2e%2e%2fx', '.._x'],
])('the address %s gives the name %s', (link, name) => {
  expect(importFileName({ asked: null, disposition: undefined, url: new URL(link) })).toBe(name)
})

test('a name that is too long keeps its extension and whole characters', () => {
  const name = safeFileName(`${'ü'.repeat(300)}.tar`)
  expect(name).toMatch(/^ü+\.tar$/)
  expect(Buffer.byteLength(name ?? '')).toBeLessThanOrEqual(255)
  expect(safeFileName('x'.repeat(300), '.en.vtt')).toMatch(/^x{248}\.en\.vtt$/)
})
