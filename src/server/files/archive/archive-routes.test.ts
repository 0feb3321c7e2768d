import { stat, truncate } from 'node:fs/promises'
import { Reader, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { meReply } from '#contract/account.ts'
import { errorReply } from '#contract/api-error.ts'
import { type ArchiveReply, archiveReply } from '#contract/archive.ts'
import { openCliStore } from '#server/cli/cli-store.ts'
import { systemClock } from '#server/core/clock.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { blobPaths, openBeside } from '#server/testing/test-store.ts'

async function archive(server: TestServer, body: object, key = server.key): Promise<ArchiveReply> {
  const reply = await server.post('/api/v1/archive', body, { key })
  return archiveReply.parse(await reply.json())
}

async function bytesOf(
  link: string,
  headers: Record<string, string> = {},
): Promise<Buffer<ArrayBuffer>> {
  return Buffer.from(await (await fetch(link, { headers })).arrayBuffer())
}

/** Names and contents by another program's reader, which checks each CRC; of a folder null. */
async function unpack(zip: Uint8Array): Promise<[string, string | null][]> {
  const reader = new ZipReader(new Uint8ArrayReader(zip), { checkSignature: true })
  const found: [string, string | null][] = []
  for (const entry of await reader.getEntries()) {
    const bytes = entry.directory ? null : await entry.getData(new Uint8ArrayWriter())
    found.push([entry.filename, bytes && Buffer.from(bytes).toString()])
  }
  return found
}

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

/** Files and folders that are worth an archive. */
async function fill(server: TestServer) {
  const at = manageClient(server)
  await at.upload('/Films/a.txt', 'a')
  await at.upload('/Films/empty.txt', '')
  await at.upload('/Films/2026/b.txt', 'b'.repeat(200_000))
  await at.upload('/Films/2026/漢 é.txt', 'c')
  await at.createFolder('/Films/Nothing/')
  await at.upload('/top.txt', 'top')
  return at
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

test.each(['delete', 'delete its folder', 'delete for ever'])(
  'an archive of which a file was lost by "%s" is told as such, and another one has another tag',
  async (how) => {
    await using server = await startTestServer()
    const at = await fill(server)
    const first = await archive(server, { items: ['/Films/', '/top.txt'] })
    const etag = (await fetch(first.link, { method: 'HEAD' })).headers.get('etag')
    const { results } = await at.delete([how === 'delete its folder' ? '/Films/2026/' : '/top.txt'])
    if (how === 'delete for ever') await at.deleteForEver([results[0]?.trash_id ?? ''])
    for (const init of [{}, { method: 'HEAD' }, { headers: { range: 'bytes=0-9' } }]) {
      expect((await fetch(first.link, init)).status).toBe(404)
    }
    const told = errorReply.parse(await (await fetch(first.link)).json())
    expect(told).toMatchObject({ code: 'not_found' })
    expect(told.message).toMatch(/deleted after its link was made/)
    const { link } = await archive(server, { items: ['/Films/'] })
    const other = (await fetch(link, { method: 'HEAD' })).headers.get('etag')
    expect(other).not.toBe(etag)
    if (how === 'delete its folder') {
      await at.restore([results[0]?.trash_id ?? ''])
      expect((await fetch(first.link, { method: 'HEAD' })).headers.get('etag')).toBe(etag)
    }
  },
)

test('what is renamed and moved meanwhile is sent as it was named', async () => {
  await using server = await startTestServer()
  const at = await fill(server)
  const { link } = await archive(server, { items: ['/top.txt', '/Films/2026/'] })
  const before = await bytesOf(link)
  await at.rename('/top.txt', 'other.txt')
  await at.move(['/Films/2026/'], '/')
  expect((await bytesOf(link)).equals(before)).toBe(true)
})

test('bytes that the disk lost break the download, never a shorter zip', async () => {
  await using server = await startTestServer()
  const at = await fill(server)
  const lost = await archive(server, { items: ['/top.txt'] })
  await at.upload('/Films/2026/b2.txt', 'b'.repeat(3_000_000))
  const { link } = await archive(server, { items: ['/Films/', '/top.txt'] })
  const whole = await bytesOf(link)
  for (const path of await blobPaths(server)) {
    if ((await stat(path)).size === 3) await truncate(path, 2)
  }
  // Before a byte is out it is told, after that by an end in the middle.
  expect((await fetch(lost.link)).status).toBe(503)
  const reply = await fetch(link)
  expect(reply.status).toBe(200)
  await expect(reply.arrayBuffer()).rejects.toThrow()
  const range = { range: `bytes=0-${whole.length - 1_000}` }
  expect((await bytesOf(link, range)).equals(whole.subarray(0, whole.length - 999))).toBe(true)
})

test('a file that is deleted while it is on its way breaks the download', async () => {
  await using server = await startTestServer({ config: { rateLimit: 1_000 } })
  const at = manageClient(server)
  for (const index of Array(8).keys()) await at.upload(`/F/${index}.bin`, 'x'.repeat(4_000_000))
  // On a second page of its list: the first is being sent when it goes.
  for (const index of Array(300).keys()) await at.upload(`/F/s${index}.txt`, `${index}`)
  const { link } = await archive(server, { items: ['/F/'] })
  const reply = await fetch(link)
  const reader = reply.body?.getReader()
  await reader?.read()
  await at.delete(['/F/s99.txt'])
  const drain = async () => {
    while (!(await reader?.read())?.done);
  }
  await expect(drain()).rejects.toThrow()
})

test('a link opens nothing once its key is revoked, its account banned, or its time over', async () => {
  let ahead = 0
  const clock = { ...systemClock, now: () => Date.now() + ahead }
  await using server = await startTestServer({ dependencies: { clock } })
  await fill(server)
  const key = await server.keyWith({ username: 'owner', scopes: ['read'] })
  const { link, expires_at } = await archive(server, { items: ['/top.txt'] }, key)
  const other = await archive(server, { items: ['/top.txt'] })
  const status = async (address = link) => (await fetch(address)).status
  expect(await status()).toBe(200)
  expect(Date.parse(expires_at) - Date.now()).toBeGreaterThan(11 * 3_600_000)
  await using store = await openCliStore(server.config)
  const owner = await store.users.find('owner')
  await store.users.setState(owner?.id ?? '', 'banned', new Date())
  expect(await status()).toBe(404)
  await store.users.setState(owner?.id ?? '', 'active', new Date())
  expect(await status()).toBe(200)
  const { key: own } = meReply.parse(await (await server.get('/api/v1/me', { key })).json())
  await store.apiKeys.revoke(own.id, { now: Date.now() })
  expect([await status(), await status(other.link)]).toEqual([404, 200])
  ahead = 12 * 3_600_000 + 1_000
  expect(await status(other.link)).toBe(404)
  ahead = 0
  // Another name or id is nothing.
  for (const wrong of [`${other.link}x`, other.link.replace('top', 'tip'), `${other.link}/x`]) {
    expect(await status(wrong)).toBe(404)
  }
})

test('a start takes away what has expired, and what was not finished', async () => {
  await using server = await startTestServer()
  await fill(server)
  await archive(server, { items: ['/top.txt'] })
  const kept = await archive(server, { items: ['/Films/'] })
  await using database = await openBeside(server)
  const old = Date.now() - 25 * 3_600_000
  await sql`update archive set expires_at = ${old} where name = 'top.txt.zip'`.execute(database)
  const unfinished = sql`insert into archive select 'x', user_id, key_id, name, '', 0, 0, 0, 0, 0, 0, expires_at from archive where name = 'Films.zip'`
  await unfinished.execute(database)
  await server.restart()
  const names = async () =>
    (await database.selectFrom('archive').select('name').execute()).map(({ name }) => name)
  await expect.poll(names).toEqual([kept.name])
  const pages = await database.selectFrom('archive_page').select('token').execute()
  expect(pages).toHaveLength(1)
})

test('an account has fifty at once: the oldest give way', async () => {
  await using server = await startTestServer({ config: { rateLimit: 100 } })
  await fill(server)
  const links: string[] = []
  for (let made = 0; made < 52; made += 1) {
    links.push((await archive(server, { items: ['/top.txt'] })).link)
  }
  const statuses = await Promise.all(links.map(async (link) => (await fetch(link)).status))
  expect(statuses.filter((status) => status === 404)).toHaveLength(2)
  expect(statuses.slice(2).every((status) => status === 200)).toBe(true)
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
