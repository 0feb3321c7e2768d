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
  ['a path', 'attachment; filename="../../etc/passwd"', 'passwd'],
  ['a path from Windows', 'attachment; filename="C:\\\\temp\\\\x.txt"', 'x.txt'],
  ['a path from Windows, not escaped', 'attachment; filename="C:\\temp\\x.txt"', 'x.txt'],
  ['an encoded slash', `attachment; filename*=UTF-8''a%2Fb.txt`, 'b.txt'],
  ['an encoded slash in a path', 'attachment; filename="a/b%2Fc.csv"', 'c.csv'],
  ['percent-encoded UTF-8', 'attachment; filename="%E6%97%A5.txt"', '日.txt'],
  ['percent-encoded twice', 'attachment; filename="50%2525.txt"', '50%25.txt'],
  ['a percent sign', 'attachment; filename="100% true.txt"', '100% true.txt'],
  ['percent-encoded bytes that are no UTF-8', 'attachment; filename="%C8%D5.txt"', '%C8%D5.txt'],
  ['an extended name that is decoded once', `attachment; filename*=UTF-8''%2541.txt`, '%41.txt'],
  ['an extended name in GBK', `attachment; filename*=GBK''%C8%D5.txt; filename=x.txt`, '日.txt'],
  ['an extended name in quotes', `attachment; filename*="UTF-8''na%C3%AFve.txt"`, 'naïve.txt'],
  [
    'an extended name that is broken',
    `attachment; filename*=UTF-8''%ff.txt; filename=x.txt`,
    'x.txt',
  ],
  ['a name in pieces', 'attachment; filename*1="me.zip"; filename*0="long na"', 'long name.zip'],
  [
    'encoded pieces',
    `attachment; filename=x.txt; filename*0*=UTF-8''%e2%82; filename*1*=%ac%20; filename*2="5%.zip"`,
    '€ 5%.zip',
  ],
  ['pieces without the first', 'attachment; filename*1=b.txt; filename=x.txt', 'x.txt'],
  ['latin-1 bytes', 'attachment; filename="caf\u00e9 \u0080.txt"', 'café €.txt'],
  ['a word encoded as in mail', 'attachment; filename="=?UTF-8?B?5pelLnR4dA==?="', '日.txt'],
  [
    'words encoded as in mail, in quoted-printable',
    'attachment; filename="=?utf-8?Q?gr=C3=BC=C3=9Fe_an?= =?utf-8?Q?_alle.txt?="',
    'grüße an alle.txt',
  ],
  ['a bare name with blanks', 'attachment; filename=my report.pdf', 'my report.pdf'],
  ['two blanks', 'attachment; filename="my  report.pdf"', 'my  report.pdf'],
  ['single quotes', "attachment; filename='my report.pdf'", 'my report.pdf'],
  ['a quote that is left open', 'attachment; filename="my report.pdf', 'my report.pdf'],
  ['no type before it', 'filename=report.pdf', 'report.pdf'],
  ['dots and blanks at its end', 'attachment; filename="report.pdf. ."', 'report.pdf'],
  ['a slash at its end', 'attachment; filename="folder/report.pdf/"', 'report.pdf'],
  ['control characters', `attachment; filename*=UTF-8''a%00b%0Ac.txt`, 'a b c.txt'],
  ['turned reading direction', `attachment; filename*=UTF-8''x%E2%80%AEgpj.exe`, 'x gpj.exe'],
  ['only dots', 'attachment; filename=".."', 'from url.zip'],
  ['an empty name', 'attachment; filename=""', 'from url.zip'],
  ['no name', 'attachment', 'from url.zip'],
  ['nonsense', ';;;=', 'from url.zip'],
])('%s in Content-Disposition gives a safe name', (_what, disposition, name) => {
  expect(importFileName({ asked: null, disposition, url, type: undefined })).toBe(name)
})

test('what was asked for goes before the header, and the header before the address', () => {
  const asked = parseFileName('mine.bin')
  const disposition = 'attachment; filename=theirs.bin'
  expect(
    importFileName({ asked: asked.ok ? asked.value : null, disposition, url, type: 'text/plain' }),
  ).toBe('mine.bin')
  expect(importFileName({ asked: null, disposition, url, type: undefined })).toBe('theirs.bin')
  expect(importFileName({ asked: null, disposition: undefined, url, type: undefined })).toBe(
    'from url.zip',
  )
})

const octets = 'application/octet-stream'

test.each([
  ['https://files.example/', octets, 'files.example'],
  ['https://files.example/', 'text/html; charset=utf-8', 'files.example.html'],
  ['https://files.example/a/b/', octets, 'b'],
  ['https://files.example/%E0%A4%A', octets, '%E0%A4%A'],
  ['https://files.example/%2e%2e%2fx.zip', octets, 'x.zip'],
  ['https://files.example/a%2Fb.csv', octets, 'b.csv'],
  ['https://files.example/two%20%20blanks.txt', octets, 'two  blanks.txt'],
  ['https://files.example/dl?file=report.pdf', 'application/pdf', 'report.pdf'],
  ['https://files.example/dl?file=report.pdf', octets, 'report.pdf'],
  ['https://files.example/dl?id=7&filename=a%2Fgr%C3%BC%C3%9Fe.zip', octets, 'grüße.zip'],
  ['https://files.example/dl?v=1.2&ref=example.com', 'application/pdf', 'dl.pdf'],
  [
    'https://files.example/x?response-content-disposition=attachment%3B%20filename%3D%22a.zip%22',
    octets,
    'a.zip',
  ],
  ['https://files.example/report.pdf?file=other.pdf', 'application/pdf', 'report.pdf'],
  ['https://files.example/get.php?file=report.pdf', 'application/pdf', 'report.pdf'],
  ['https://files.example/get.php?id=7', 'application/pdf', 'get.pdf'],
  ['https://files.example/get.aspx', 'application/zip', 'get.zip'],
  ['https://files.example/get.php', octets, 'get.php'],
  ['https://files.example/report', 'application/pdf', 'report.pdf'],
  ['https://files.example/report', 'APPLICATION/PDF ; x=y', 'report.pdf'],
  ['https://files.example/song', 'audio/mpeg', 'song.mp3'],
  ['https://files.example/photo', 'image/jpeg', 'photo.jpg'],
  ['https://files.example/film', 'video/quicktime', 'film.mov'],
  ['https://files.example/2301.12345v2', 'application/pdf', '2301.12345v2.pdf'],
  ['https://files.example/version%201.0', 'application/zip', 'version 1.0.zip'],
  ['https://files.example/archive.7z', 'application/zip', 'archive.7z'],
  ['https://files.example/model.safetensors', 'text/plain', 'model.safetensors'],
  ['https://files.example/report', 'application/force-download', 'report'],
  ['https://files.example/report', 'nonsense', 'report'],
])('the address %s of type %s gives the name %s', (link, type, name) => {
  expect(importFileName({ asked: null, disposition: undefined, url: new URL(link), type })).toBe(
    name,
  )
})

test('a name in the header without an ending gets that of the type, one that was asked for stays as it is', () => {
  const disposition = 'attachment; filename=report'
  const asked = parseFileName('mine')
  expect(importFileName({ asked: null, disposition, url, type: 'application/pdf' })).toBe(
    'report.pdf',
  )
  expect(
    importFileName({
      asked: asked.ok ? asked.value : null,
      disposition,
      url,
      type: 'application/pdf',
    }),
  ).toBe('mine')
})

test('a name that is too long keeps its extension and whole characters', () => {
  const name = safeFileName(`${'ü'.repeat(300)}.tar`)
  expect(name).toMatch(/^ü+\.tar$/)
  expect(Buffer.byteLength(name ?? '')).toBeLessThanOrEqual(255)
  expect(safeFileName('x'.repeat(300), '.en.vtt')).toMatch(/^x{248}\.en\.vtt$/)
})
