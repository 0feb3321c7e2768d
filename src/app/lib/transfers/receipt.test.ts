import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { completeReceipt, type ReceiptEntry, writeReceipt } from './receipt.ts'

const entry: ReceiptEntry = {
  path: '/Films/clip.mov',
  size: 734_000_000,
  sha256: 'ab12',
  link: 'https://s.example/share/t/clip.mov',
  time: '2026-11-29T10:00:00.000Z',
}

const readCsv = async (entries: ReceiptEntry[]) => {
  const text = await (await writeReceipt(entries, 'csv')).text()
  return { text, ...Papa.parse<string[]>(text, { skipEmptyLines: true }) }
}

test('a list as CSV is read again as it was, with quotes, commas and line breaks in names', async () => {
  const paths = [
    '/a "quoted", name.txt',
    '/two\nlines.txt',
    '/zwei\r\nZeilen.txt',
    '/ ends in space ',
  ]
  const { data, text } = await readCsv(paths.map((path) => ({ ...entry, path })))
  expect(data[0]).toEqual(['path', 'size', 'sha256', 'link', 'time'])
  expect(data.slice(1).map(([path]) => path)).toEqual(paths)
  expect(data[1]?.slice(1)).toEqual(['734000000', entry.sha256, entry.link, entry.time])
  expect(text.endsWith('\r\n')).toBe(true)
})

test.each([
  '=cmd|calc',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' =1',
  '＝1',
  '=HYPERLINK("x")\nsecond line',
])('no cell is a formula for a spreadsheet: %j', async (path) => {
  const { data } = await readCsv([{ ...entry, path, link: path }])
  expect([data[1]?.[0], data[1]?.[3]]).toEqual([`'${path}`, `'${path}`])
})

test('what is not known is an empty cell, and null in JSON', async () => {
  const unknown = { path: '/a', size: null, sha256: null, link: null, time: null }
  expect((await readCsv([unknown])).data[1]).toEqual(['/a', '', '', '', ''])
  const json = await (await writeReceipt([{ ...unknown, path: '=a\n"b"' }], 'json')).text()
  expect(JSON.parse(json)).toEqual([{ ...unknown, path: '=a\n"b"' }])
})

test('the server is asked for each link, a few at a time, and what it does not tell stays open', async () => {
  let [asking, most] = [0, 0]
  const progress: number[] = []
  const entries = Array.from({ length: 20 }, (_, index) => ({
    ...entry,
    ...{ path: `/${index}`, sha256: null, link: index === 7 ? null : `https://s.example/${index}` },
  }))
  const complete = await completeReceipt(
    entries,
    async (link) => {
      asking += 1
      most = Math.max(most, asking)
      await Promise.resolve()
      asking -= 1
      return link.endsWith('/3') ? null : { size: 5, sha256: link }
    },
    (asked) => progress.push(asked),
  )
  expect(complete.map(({ path }) => path)).toEqual(entries.map(({ path }) => path))
  expect([complete[3]?.sha256, complete[7]?.sha256, complete[8]?.sha256]).toEqual([
    ...[null, null, 'https://s.example/8'],
  ])
  expect([most, progress.at(-1)]).toEqual([4, 20])
})
