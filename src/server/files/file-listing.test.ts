import { expect, test } from 'vitest'
import { type FilesPage, filesReply, foldersReply } from '#contract/files.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'

async function page(server: TestServer, path = '/', offset = 0): Promise<FilesPage> {
  const query = new URLSearchParams({ path, offset: String(offset) })
  const reply = await server.get(`/api/v1/files?${query}`)
  expect(reply.status).toBe(200)
  return filesReply.parse(await reply.json())
}

async function addFiles(server: TestServer, names: string[], folder = '/'): Promise<void> {
  for (const name of names) {
    expect((await server.upload({ name, folder, bytes: name })).status).toBe(200)
  }
}

const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `file-${String(index).padStart(3, '0')}`)

const config = { rateLimit: 100_000 }

test.each([0, 1, 49, 50, 51, 100, 101])('%d files page as they should', async (count) => {
  await using server = await startTestServer({ config })
  await addFiles(server, names(count))
  const seen: string[] = []
  for (let offset = 0; ; ) {
    const { files, next_offset, has_more, limit } = await page(server, '/', offset)
    seen.push(...files.map((file) => file.name))
    expect(limit).toBe(50)
    expect(next_offset).toBe(offset + files.length)
    expect(has_more).toBe(seen.length < count)
    if (!has_more) break
    expect(files).toHaveLength(50)
    offset = next_offset
  }
  expect(seen).toEqual(names(count))
  expect(await page(server, '/', count)).toMatchObject({ files: [], has_more: false })
  expect(await page(server, '/', count + 1000)).toMatchObject({ files: [], has_more: false })
  const beyond = await server.get(`/api/v1/files?offset=${'9'.repeat(400)}`)
  expect(await beyond.json()).toMatchObject({ folders: [], files: [], has_more: false })
})

test('a limit is the size of a page, and its answer counts the folder', async () => {
  await using server = await startTestServer({ config })
  await addFiles(server, names(7), '/f/')
  await addFiles(server, ['x'], '/f/sub/')
  await addFiles(server, names(3))
  const ask = async (query: string) => {
    const reply = await server.get(`/api/v1/files?path=/f/&${query}`)
    const { files, ...rest } = filesReply.parse(await reply.json())
    return { ...rest, files: files.map((file) => file.name) }
  }
  const whole = { status: 'ok', path: '/f/', folders: ['sub'], total: 7 }
  const part = { ...whole, limit: 3, has_more: true }
  const inParts = [
    { ...part, files: names(3), next_offset: 3 },
    { ...part, folders: [], files: names(7).slice(3, 6), next_offset: 6 },
    { ...part, folders: [], files: names(7).slice(6), next_offset: 7, has_more: false },
    { ...part, folders: [], files: [], next_offset: 9, has_more: false },
  ]
  for (const [index, expected] of inParts.entries()) {
    expect(await ask(`limit=3&offset=${index * 3}`)).toEqual(expected)
  }
  const inOne = { ...whole, files: names(7), next_offset: 7, has_more: false }
  expect(await ask('limit=7')).toEqual({ ...inOne, limit: 7 })
  expect(await ask('limit=1000')).toEqual({ ...inOne, limit: 1000 })
  // A file of another account, and one more of this.
  const key = await server.keyWith({ username: 'alice' })
  await server.upload({ name: 'hers', folder: '/f/', bytes: 'x' }, { key })
  await addFiles(server, ['a new file'], '/f/')
  expect(await ask('limit=1')).toMatchObject({ files: ['a new file'], total: 8, has_more: true })
  expect((await server.get('/api/v1/files?path=/none/&limit=1')).status).toBe(404)
})

test('without a limit the answer has the fields of the reference and no other, in their order', async () => {
  await using server = await startTestServer({ config })
  await addFiles(server, ['x'])
  const text = await (await server.get('/api/v1/files')).text()
  expect(text.replace(/"(link|uploaded_at)":"[^"]*"/g, '"$1":""')).toBe(
    '{"status":"ok","path":"/","folders":[],"files":[{"name":"x","size":1,"link":"","uploaded_at":""}],"limit":50,"next_offset":1,"has_more":false}',
  )
})

test('an empty folder counts none', async () => {
  await using server = await startTestServer({ config })
  const { total } = filesReply.parse(await (await server.get('/api/v1/files?limit=5')).json())
  expect(total).toBe(0)
})

test('subfolders come on the first page only', async () => {
  await using server = await startTestServer({ config })
  await addFiles(server, names(51), '/f/')
  await addFiles(server, ['x'], '/f/sub/deep/')
  await addFiles(server, ['x'], '/f/Other/')
  expect((await page(server, '/f/')).folders).toEqual(['Other', 'sub'])
  expect((await page(server, '/f/', 50)).folders).toEqual([])
  expect((await page(server, '/f/sub/')).folders).toEqual(['deep'])
  expect((await page(server)).folders).toEqual(['f'])
})

test('the order is natural, whatever the case, and stable for names that differ only there', async () => {
  await using server = await startTestServer({ config })
  await addFiles(server, ['b', 'A', 'a', 'B', 'É', 'e', 'Z', 'file 10', 'file 2'])
  const order = (await page(server)).files.map((file) => file.name)
  expect(order.map((name) => name.toLowerCase())).toEqual([
    ...['a', 'a', 'b', 'b', 'e', 'é', 'file 2', 'file 10', 'z'],
  ])
  expect((await page(server)).files.map((file) => file.name)).toEqual(order)
})

test('a folder that does not exist is not found, the root always exists', async () => {
  await using server = await startTestServer({ config })
  expect(await page(server)).toMatchObject({ path: '/', folders: [], files: [] })
  expect((await server.get('/api/v1/files?path=/nowhere/')).status).toBe(404)
  await addFiles(server, ['x'], '/a/b/')
  expect((await page(server, '/a/')).folders).toEqual(['b'])
  expect((await page(server, 'a')).path).toBe('/a/')
  expect((await server.get('/api/v1/files?path=/A/')).status).toBe(404)
})

test('times are ISO 8601 in UTC', async () => {
  await using server = await startTestServer({ config })
  await addFiles(server, ['x'])
  const [file] = (await page(server)).files
  expect(file?.uploaded_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
})

test('pages stay true while files come in before, inside and behind them', async () => {
  await using server = await startTestServer({ config })
  await addFiles(server, names(160))
  const whole = async () => {
    const seen: string[] = []
    for (const offset of [0, 50, 100, 150, 200]) {
      seen.push(...(await page(server, '/', offset)).files.map((file) => file.name))
    }
    return seen
  }
  const expected = names(160)
  expect(await whole()).toEqual(expected)
  for (const name of ['aaa', 'file-049x', 'file-050a', 'file-099', 'file-120b', 'zzz']) {
    await addFiles(server, [name])
    if (!expected.includes(name)) expected.push(name)
    expected.sort()
    expect(await whole()).toEqual(expected)
  }
})

test('pages that are read while files come in are true afterwards', async () => {
  await using server = await startTestServer({ config })
  await addFiles(server, names(120))
  const reading = Promise.all(
    Array.from({ length: 60 }, (_, index) => page(server, '/', (index % 3) * 50)),
  )
  const coming = names(30).map((name) => `${name}-new`)
  await Promise.all([reading, ...coming.map((name) => addFiles(server, [name]))])
  const seen: string[] = []
  for (const offset of [0, 50, 100, 150]) {
    seen.push(...(await page(server, '/', offset)).files.map((file) => file.name))
  }
  expect(seen).toEqual([...names(120), ...coming].sort())
})

test('the tree has every folder, nested and in order, and grows with the next upload', async () => {
  await using server = await startTestServer({ config })
  const tree = async () => {
    const reply = await server.get('/api/v1/folders')
    return foldersReply.parse(await reply.json()).tree
  }
  expect(await tree()).toEqual({ name: '', path: '/', folders: [] })
  await addFiles(server, ['x'], '/b/c/')
  await addFiles(server, ['x'], '/A/')
  expect(await tree()).toEqual({
    name: '',
    path: '/',
    folders: [
      { name: 'A', path: '/A/', folders: [] },
      { name: 'b', path: '/b/', folders: [{ name: 'c', path: '/b/c/', folders: [] }] },
    ],
  })
  await addFiles(server, ['y'], '/b/d/')
  expect((await tree()).folders[1]?.folders.map((folder) => folder.name)).toEqual(['c', 'd'])
  const alice = await server.keyWith({ username: 'alice' })
  const hers = await (await server.get('/api/v1/folders', { key: alice })).json()
  expect(hers).toMatchObject({ tree: { folders: [] } })
})

test('a tree is JSON whatever its folders are called', async () => {
  await using server = await startTestServer({ config })
  for (const path of ['/say "hi"/{x}, [y]/', '/été 🎬/</script>/', "/it's, %41\u00a0/", '/z/']) {
    await addFiles(server, ['x'], path)
  }
  const reply = await server.get('/api/v1/folders')
  const { tree } = foldersReply.parse(await reply.json())
  const leaf = (name: string, path: string) => ({ name, path, folders: [] })
  expect(tree.folders).toEqual([
    {
      ...leaf('été 🎬', '/été 🎬/'),
      folders: [{ ...leaf('<', '/été 🎬/</'), folders: [leaf('script>', '/été 🎬/</script>/')] }],
    },
    leaf("it's, %41\u00a0", "/it's, %41\u00a0/"),
    {
      ...leaf('say "hi"', '/say "hi"/'),
      folders: [leaf('{x}, [y]', '/say "hi"/{x}, [y]/')],
    },
    leaf('z', '/z/'),
  ])
})

test('a large tree is sent compressed to who can read that, and is the same', async () => {
  await using server = await startTestServer({ config })
  for (const name of names(30)) await addFiles(server, ['x'], `/${name}-${'x'.repeat(40)}/`)
  const ask = (coding: string) =>
    server.get('/api/v1/folders', { headers: { 'accept-encoding': coding } })
  const [plain, packed, refused] = await Promise.all([
    ask('identity'),
    ask('gzip'),
    ask('gzip;q=0'),
  ])
  expect(packed.headers.get('content-encoding')).toBe('gzip')
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(refused.headers.get('content-encoding')).toBeNull()
  expect(await packed.json()).toEqual(await plain.json())
})

test.each(['zstd', 'br', 'gzip'])(
  'a page is sent in %s to who can read that, and is the same',
  async (coding) => {
    await using server = await startTestServer({ config })
    await addFiles(server, names(20))
    const ask = (accepted: string) =>
      server.get('/api/v1/files', { headers: { 'accept-encoding': accepted } })
    const [plain, packed] = [await ask('identity'), await ask(coding)]
    expect(packed.headers.get('content-encoding')).toBe(coding)
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect(await packed.json()).toEqual(await plain.json())
  },
)
