import { truncate } from 'node:fs/promises'
import { Reader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { ArchiveReply } from '#contract/archive.ts'
import { archive, bytesOf, fill, unpack } from '#server/testing/archive-client.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { blobPaths, openBeside } from '#server/testing/test-store.ts'

/** Reads what it needs of an archive over ranges. */
class LinkReader extends Reader<string> {
  readonly #link: string

  constructor({ link, size }: ArchiveReply) {
    super(link)
    this.#link = link
    this.size = size
  }

  override readUint8Array(first: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return bytesOf(this.#link, { range: `bytes=${first}-${first + length - 1}` })
  }
}

test('one zip of files and folders, empty ones too, with its length told before', async () => {
  await using server = await startTestServer()
  await fill(server)
  const made = await archive(server, { items: ['/Films/', '/top.txt'] })
  expect(made).toMatchObject({ name: 'Files.zip', files: 5 })
  expect(made.link).toMatch(/\/share\/zip\/[\w-]{24}\/Files\.zip$/)
  const reply = await fetch(made.link, { headers: { origin: 'https://elsewhere.example' } })
  const told = (name: string) => reply.headers.get(name)
  expect([told('content-length'), told('accept-ranges')]).toEqual([String(made.size), 'bytes'])
  expect(told('content-type')).toBe('application/zip')
  expect(told('content-disposition')).toBe('attachment; filename=Files.zip')
  expect(told('content-security-policy')).toMatch(/^default-src 'none'; sandbox/)
  expect(told('access-control-allow-origin')).toBe('*')
  expect(told('x-ratelimit-limit')).toBeNull()
  expect(told('etag')).toMatch(/^"[0-9a-f]{64}"$/)
  const zip = Buffer.from(await reply.arrayBuffer())
  expect(zip).toHaveLength(made.size)
  expect(await unpack(zip)).toEqual([
    ['Films/', null],
    ['Films/a.txt', 'a'],
    ['Films/empty.txt', ''],
    ['Films/2026/', null],
    ['Films/2026/b.txt', 'b'.repeat(200_000)],
    ['Films/2026/漢 é.txt', 'c'],
    ['Films/Nothing/', null],
    ['top.txt', 'top'],
  ])
  const head = await fetch(made.link, { method: 'HEAD' })
  expect(head.headers.get('content-length')).toBe(String(made.size))
  expect(head.headers.get('etag')).toBe(told('etag'))
})

test('every range is what the whole has there, before its files were ever read', async () => {
  await using server = await startTestServer()
  await fill(server)
  const ranges = ['0-0', '0-99', '30-200', '199000-200500', '-1', '-22', '-300', '5-', '200100-']
  const parts = new Map<string, Buffer>()
  // Each archive is a first one for its range; what one found out of the files, the others have.
  const { link, size } = await archive(server, { items: ['/Films/', '/top.txt'] })
  for (const range of ranges.reverse()) {
    const reply = await fetch(link, { headers: { range: `bytes=${range}` } })
    expect([range, reply.status]).toEqual([range, 206])
    parts.set(range, Buffer.from(await reply.arrayBuffer()))
  }
  const whole = await bytesOf(link)
  expect(whole).toHaveLength(size)
  expect((await unpack(whole)).length).toBe(8)
  for (const [range, bytes] of parts) {
    const [first = '', last = ''] = range.split('-')
    const from = first === '' ? size - Number(last) : Number(first)
    const to = first === '' || last === '' ? size : Number(last) + 1
    expect(bytes.equals(whole.subarray(from, to)), range).toBe(true)
  }
  const past = await fetch(link, { headers: { range: `bytes=${size}-` } })
  expect([past.status, past.headers.get('content-range')]).toEqual([416, `bytes */${size}`])
})

test('every cut of a small archive joins to the same bytes', async () => {
  await using server = await startTestServer()
  const at = manageClient(server)
  for (const name of ['a', 'b', 'c']) await at.upload(`/F/${name}.txt`, name)
  const { link, size } = await archive(server, { items: ['/F/'] })
  const whole = await bytesOf(link)
  for (let cut = 1; cut < size; cut += 7) {
    const parts = [
      await bytesOf(link, { range: `bytes=0-${cut - 1}` }),
      await bytesOf(link, { range: `bytes=${cut}-` }),
    ]
    expect(Buffer.concat(parts).equals(whole), `cut at ${cut}`).toBe(true)
  }
})

test('a download goes on where it broke off, of the same archive only', async () => {
  await using server = await startTestServer()
  await fill(server)
  const { link, size } = await archive(server, { items: ['/Films/'] })
  const etag = (await fetch(link, { method: 'HEAD' })).headers.get('etag') ?? ''
  const ask = async (ifRange: string) =>
    (await fetch(link, { headers: { range: 'bytes=10-', 'if-range': ifRange } })).status
  expect(await ask(etag)).toBe(206)
  expect(await ask('"other"')).toBe(200)
  const known = await fetch(link, { headers: { 'if-none-match': etag } })
  expect(known.status).toBe(304)
  await server.restart()
  const again = await fetch(link.replace(/^.*(?=\/share)/, server.origin), {
    headers: { range: `bytes=${size - 100}-`, 'if-range': etag },
  })
  expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([206, 100])
})

test('the files of a folder but some, beside its folders', async () => {
  await using server = await startTestServer()
  await fill(server)
  const path = '/Films/'
  const namesOf = async (body: object) => {
    const made = await archive(server, body)
    return [made.name, ...(await unpack(await bytesOf(made.link))).map(([name]) => name)]
  }
  expect(await namesOf({ files_of: { path } })).toEqual(['Films.zip', 'a.txt', 'empty.txt'])
  expect(await namesOf({ files_of: { path, except: ['a.txt'] } })).toEqual([
    ...['Films.zip', 'empty.txt'],
  ])
  expect(
    await namesOf({ files_of: { path, except: ['/Films/a.txt'] }, items: ['/Films/Nothing/'] }),
  ).toEqual(['Films.zip', 'Nothing/', 'empty.txt'])
  // Named twice, or inside what is named: once.
  expect(
    await namesOf({ items: ['/Films/2026/b.txt', '/Films/2026/', '/Films/2026/'], name: 'x.ZIP' }),
  ).toEqual(['x.ZIP', '2026/', '2026/b.txt', '2026/漢 é.txt'])
  expect((await namesOf({ items: ['/'] })).slice(0, 3)).toEqual([
    ...['All files.zip', 'top.txt', 'Films/'],
  ])
  expect(await namesOf({ items: ['/top.txt'] })).toEqual(['top.txt.zip', 'top.txt'])
  expect(await namesOf({ files_of: { path: '/Films/Nothing/' } })).toEqual(['Nothing.zip'])
})

test('hostile names unpack nowhere else, and no two are one', async () => {
  await using server = await startTestServer()
  const at = manageClient(server)
  const names = ['con.txt', 'a?.txt', 'a*.txt', 'A_.txt', 'Dir', 'x:y', 'end.', '-rf', '~', '$(id)']
  for (const name of names) await at.upload(`/N/${name}`, name)
  await at.upload('/N/dir/inside.txt', 'inside')
  await at.upload('/M/con.txt', 'other')
  const made = await archive(server, { items: ['/N/', '/M/con.txt', '/N/../N/'].slice(0, 2) })
  const found = await unpack(await bytesOf(made.link))
  expect(found.map(([name]) => name)).toEqual([
    ...['N/', 'N/$(id)', 'N/-rf', 'N/A_.txt', 'N/Dir (2)', 'N/a_ (2).txt', 'N/a_ (3).txt'],
    ...['N/_con.txt', 'N/end_', 'N/x_y', 'N/~', 'N/dir/', 'N/dir/inside.txt', '_con.txt'],
  ])
  const folded = found.map(([name]) => name.toLowerCase())
  expect(new Set(folded).size).toBe(folded.length)
})

test('a file and a place that 32 bits cannot say, read over ranges', async () => {
  await using server = await startTestServer()
  const at = manageClient(server)
  await at.upload('/F/a.bin', 'big')
  const size = 5 * 1024 ** 3
  await truncate((await blobPaths(server))[0] ?? '', size)
  await using database = await openBeside(server)
  await sql`update file set size = ${size}, crc32 = 7`.execute(database)
  await at.upload('/F/z.txt', 'behind it')
  const made = await archive(server, { items: ['/F/'] })
  expect(made.size).toBeGreaterThan(size)
  const reader = new ZipReader(new LinkReader(made))
  const entries = await reader.getEntries()
  expect(entries.map(({ filename, uncompressedSize }) => [filename, uncompressedSize])).toEqual([
    ['F/', 0],
    ['F/a.bin', size],
    ['F/z.txt', 9],
  ])
  const last = entries.at(-1)
  const bytes = last?.directory === false && (await last.getData(new Uint8ArrayWriter()))
  expect(Buffer.from(bytes || []).toString()).toBe('behind it')
})
