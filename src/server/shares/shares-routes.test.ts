import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesReply } from '#contract/files.ts'
import { openCliStore } from '#server/cli/cli-store.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { outcome, shareClient } from '#server/testing/share-client.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'

const config = { rateLimit: 1_000 }
const in1day = () => new Date(Date.now() + 86_400_000).toISOString()

async function listed(server: TestServer, key: string, path = '/') {
  const reply = await server.get(`/api/v1/files?${new URLSearchParams({ path })}`, { key })
  if (!reply.ok) return await outcome(reply)
  const { folders, files } = filesReply.parse(await reply.json())
  return [...folders.map((name) => `${name}/`), ...files.map(({ name }) => name)]
}

test('a link is made, told once, listed without its secret, and dead once revoked', async () => {
  await using server = await startTestServer({ config })
  const shares = shareClient(server)
  const manage = manageClient(server)
  await manage.upload('/Films/a.txt')
  const { share, link, key } = await shares.create({ path: '/Films', name: ' Our films ' })
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/shared#[0-9A-Za-z]{28}$/)
  expect(share).toMatchObject({
    ...{ kind: 'read', name: 'Our films', state: 'live', path: '/Films/', items: 0 },
    ...{ has_password: false, max_bytes: null, used_bytes: 0, files: 0, last_used_at: null },
  })
  expect((await shares.me(key)).share).toEqual({
    ...{ kind: 'read', name: 'Our films', max_bytes: null, used_bytes: 0 },
  })
  expect(await listed(server, key)).toEqual(['a.txt'])

  const [one] = await shares.list()
  expect(one).toEqual({ ...share, last_used_at: expect.stringContaining('+00:00') })
  expect(JSON.stringify(one)).not.toContain(key.slice(10, 30))
  expect(await shares.revoke([share.id, 'nothing'])).toMatchObject([
    { id: share.id, status: 'ok' },
    { id: 'nothing', status: 'error', code: 'not_found' },
  ])
  expect(await outcome(await server.get('/api/v1/me', { key }))).toBe('401 invalid_key')
  expect(await shares.list()).toEqual([])
})

const year = 366 * 86_400_000
const bad: [string, object][] = [
  ['kind', { kind: 'write' }],
  ['kind', { kind: undefined }],
  ['Name either', { path: undefined }],
  ['Name either', { items: ['/a.txt'] }],
  ['items', { path: undefined, items: [] }],
  ['items', { path: undefined, items: Array(1_001).fill('/a.txt') }],
  ['cannot be changed', { path: undefined, items: ['/'] }],
  ['".."', { path: undefined, items: ['/../a.txt'] }],
  ['"."', { path: '/./' }],
  ['path', { path: 7 }],
  ['expires_at', { expires_at: undefined }],
  ['expires_at', { expires_at: 'tomorrow' }],
  ['in the future', { expires_at: '2020-01-01T00:00:00Z' }],
  ['within 366 days', { expires_at: new Date(Date.now() + year + 60_000).toISOString() }],
  ['at least one character', { name: ' ' }],
  ['100 characters', { name: 'x'.repeat(101) }],
  ['control characters', { name: 'a\nb' }],
  ['can be seen', { name: '\u200b' }],
  ['valid Unicode', { name: 'half\ud83d' }],
  ['8 characters', { password: '1234567' }],
  ['256 characters', { password: 'x'.repeat(257) }],
  ['max_bytes is for', { max_bytes: 1 }],
  ['max_bytes is missing', { kind: 'upload' }],
  ['max_bytes', { kind: 'upload', max_bytes: 0 }],
  ['max_bytes', { kind: 'upload', max_bytes: 1.5 }],
  ['max_bytes', { kind: 'upload', max_bytes: '5' }],
  ['max_bytes', { kind: 'upload', max_bytes: 2 ** 51 }],
  ['in a folder', { kind: 'upload', path: undefined, items: ['/a.txt'], max_bytes: 5 }],
]

test.each(bad)('a link that cannot be is refused in words: %s %j', async (words, wrong) => {
  await using server = await startTestServer({ config })
  const shares = shareClient(server)
  const body = { kind: 'read', path: '/', expires_at: in1day(), ...wrong }
  const reply = await shares.post('create', body)
  const message = expect.stringContaining(words)
  expect(await reply.json()).toMatchObject({ code: 'invalid_request', message })
  expect(await shares.list()).toEqual([])
})

test('what is not there cannot be shared, nor what is of another account', async () => {
  await using server = await startTestServer({ config })
  const bob = await server.keyWith({ username: 'bob' })
  await manageClient(server, { key: bob }).upload('/Bobs/his.txt')
  const shares = shareClient(server)
  for (const what of [
    ...[
      { path: '/Bobs/' },
      { path: '/None/' },
      { items: ['/Bobs/'] },
      { items: ['/Bobs/his.txt'] },
    ],
  ]) {
    const body = { kind: 'read', expires_at: in1day(), ...what }
    expect(await outcome(await shares.post('create', body))).toBe('404 not_found')
  }
  const { share } = await shareClient(server, { key: bob }).create({ path: '/Bobs/' })
  expect(await shares.list()).toEqual([])
  expect(await shares.revoke([share.id])).toMatchObject([{ code: 'not_found' }])
})

test('a link follows its folder, is gone while that is in the trash, and works again', async () => {
  await using server = await startTestServer({ config })
  const [shares, manage] = [shareClient(server), manageClient(server)]
  await manage.upload('/A/Films/x.txt')
  const reader = await shares.create({ path: '/A/Films/' })
  const sender = await shares.create(shares.ask('/A/Films/', 100))
  const states = async () => (await shares.list()).map(({ state, path }) => `${state} ${path}`)
  const send = (name: string) =>
    server.upload({ name, folder: '/In/', bytes: name }, { key: sender.key })

  await manage.rename('/A/Films/', 'Cinema')
  await manage.createFolder('/B/')
  await manage.move(['/A/Cinema/'], '/B/')
  // Another of the old name is not what was shared.
  await manage.upload('/A/Films/other.txt')
  expect(await listed(server, reader.key)).toEqual(['x.txt'])
  expect((await send('y.txt')).status).toBe(200)
  expect(await manage.list('/B/Cinema/In/')).toEqual(['y.txt'])
  expect(await states()).toEqual(['live /B/Cinema/', 'live /B/Cinema/'])

  // Also with a folder above.
  const { results } = await manage.delete(['/B/'])
  expect(await listed(server, reader.key)).toBe('404 not_found')
  expect(await outcome(await server.get('/api/v1/folders', { key: reader.key }))).toContain('404')
  expect(await outcome(await send('z.txt'))).toBe('404 not_found')
  expect(await states()).toEqual(['gone null', 'gone null'])
  expect((await shares.me(reader.key)).share?.name).toBe('Films')

  await manage.restore([results[0]?.trash_id ?? ''])
  expect(await listed(server, reader.key)).toEqual(['In/', 'x.txt'])
  expect((await send('z.txt')).status).toBe(200)
  expect(await states()).toEqual(['live /B/Cinema/', 'live /B/Cinema/'])
})

test('a selection shows its items alone, wherever they are by now', async () => {
  await using server = await startTestServer({ config })
  const [shares, manage] = [shareClient(server), manageClient(server)]
  for (const path of ['/M/a.txt', '/M/b.txt', '/M/c 10.txt', '/M/c 9.txt', '/M/Sub/in.txt']) {
    await manage.upload(path)
  }
  const items = ['/M/c 10.txt', '/M/a.txt', '/M/Sub/', '/M/c 9.txt', '/M/a.txt']
  const { key, share } = await shares.create({ items })
  expect(share).toMatchObject({ name: 'c 10.txt and 3 more', items: 4, path: null })
  await manage.upload('/M/later.txt')
  expect(await listed(server, key)).toEqual(['Sub/', 'a.txt', 'c 9.txt', 'c 10.txt'])
  expect(await listed(server, key, '/Sub/')).toEqual(['in.txt'])
  expect(await listed(server, key, '/M/')).toBe('404 not_found')
  expect(await listed(server, key, '/sub/')).toBe('404 not_found')
  const tree = await (await server.get('/api/v1/folders', { key })).json()
  expect(tree).toMatchObject({ tree: { folders: [{ name: 'Sub', path: '/Sub/', folders: [] }] } })

  // Two names that are alike by now, as when one came to where the other was.
  await manage.rename('/M/a.txt', 'b2.txt')
  await manage.move(['/M/b2.txt'], '/')
  await manage.rename('/M/c 9.txt', 'b2.txt')
  expect(await listed(server, key)).toEqual(['Sub/', 'b2 (2).txt', 'b2.txt', 'c 10.txt'])
  const page = await (await server.get('/api/v1/files', { key })).json()
  for (const { link } of filesReply.parse(page).files) {
    expect((await fetch(link)).status).toBe(200)
  }
  const paged = await server.get('/api/v1/files?offset=1&limit=1&sort=name&order=desc', { key })
  expect(await paged.json()).toMatchObject({
    ...{ files: [{ name: 'b2.txt' }], folders: [], next_offset: 2, has_more: true, total: 3 },
  })

  await manage.delete(['/M/'])
  expect(await listed(server, key)).toEqual(['b2.txt'])
  await manage.delete(['/b2.txt'])
  expect(await listed(server, key)).toBe('404 not_found')
  expect(await shares.list()).toMatchObject([{ state: 'gone', items: 0 }])
})

test("the links that guests get end with the share; the owner's go on", async () => {
  let now = Date.now()
  const clock = { now: () => now, monotonic: () => performance.now() }
  await using server = await startTestServer({ config, dependencies: { clock } })
  const [shares, manage] = [shareClient(server), manageClient(server)]
  const { link: own } = await manage.upload('/S/a.txt', 'bytes')
  await manage.upload('/T/b.txt', 'others')
  const [one, other] = [await shares.create({ path: '/S/' }), await shares.create({ path: '/T/' })]
  const guestLink = async (key: string) =>
    filesReply.parse(await (await server.get('/api/v1/files', { key })).json()).files[0]?.link ?? ''
  const link = await guestLink(one.key)
  expect(await guestLink(one.key)).toBe(link)
  expect(link).not.toContain(own.split('/').at(-2))
  expect(await manage.open(link)).toBe('bytes')
  expect((await fetch(link, { headers: { range: 'bytes=1-2' } })).status).toBe(206)

  // Sealed for one share: neither another's, nor changed, nor cut.
  const [, sealed = ''] = /share\/([^/]+)/.exec(link) ?? []
  for (const wrong of [
    ...[sealed.slice(0, -1), `${sealed}A`, `${sealed}=`, `g.${sealed}`, 'g.', 'g.AAAA'],
    sealed.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    `g.${sealed.slice(2).split('').reverse().join('')}`,
  ]) {
    expect(await manage.open(link.replace(sealed, wrong)), wrong).toBe(404)
  }
  // A file that leaves the folder is not shown any more, and one that is deleted neither.
  await manage.move(['/S/a.txt'], '/T/')
  expect(await manage.open(link)).toBe(404)
  await manage.move(['/T/a.txt'], '/S/')
  expect(await manage.open(link)).toBe('bytes')
  await shares.revoke([one.share.id])
  expect(await manage.open(link)).toBe(404)
  const others = await guestLink(other.key)
  expect(await manage.open(others)).toBe('others')
  now += 2 * 86_400_000
  expect(await manage.open(others)).toBe(404)
  expect(await manage.open(own)).toBe('bytes')
})

test('a link works until the moment it expires, by the server’s clock', async () => {
  let now = Date.parse('2026-11-23T12:00:00Z')
  const clock = { now: () => now, monotonic: () => performance.now() }
  await using server = await startTestServer({ config, dependencies: { clock } })
  const shares = shareClient(server)
  const expires_at = '2026-11-23T13:00:00Z'
  const reader = await shares.create({ path: '/', expires_at })
  const sender = await shares.create({ ...shares.ask('/', 10), expires_at })
  now += 3_599_999
  expect((await shares.me(reader.key)).key.expires_at).toBe('2026-11-23T13:00:00+00:00')
  now += 1
  for (const { key, secret } of [reader, sender]) {
    expect(await outcome(await server.get('/api/v1/me', { key }))).toBe('401 expired_key')
    expect(await outcome(await shares.open(secret))).toBe('401 expired_key')
  }
  const upload = await server.upload({ name: 'a', bytes: 'a' }, { key: sender.key })
  expect(await outcome(upload)).toBe('401 expired_key')
  expect(await shares.list()).toMatchObject([{ state: 'expired' }, { state: 'expired' }])
})

test('a link outlives the key that made it, and ends with its account', async () => {
  await using server = await startTestServer({ config })
  const maker = await server.keyWith({ username: 'alice' })
  const { key, secret } = await shareClient(server, { key: maker }).create({ path: '/' })
  const shares = shareClient(server)
  await using store = await openCliStore(server.config)
  const alice = await store.users.find('alice')
  const id = alice?.id ?? ''
  const [made] = await store.apiKeys.list(id)
  await store.apiKeys.revoke(made?.id ?? '', { now: Date.now() })
  expect((await shares.me(key)).username).toBe('alice')

  const outcomes = async () => [
    await outcome(await server.get('/api/v1/files', { key })),
    await outcome(await shares.open(secret)),
  ]
  await store.users.setPlan(id, 'free', new Date())
  expect(await outcomes()).toEqual(['403 premium_required', '403 premium_required'])
  await store.users.setState(id, 'banned', new Date())
  expect(await outcomes()).toEqual(['403 account_unavailable', '403 account_unavailable'])
})

test('each link has a window of its own', async () => {
  await using server = await startTestServer({ config: { rateLimit: 3 } })
  const shares = shareClient(server)
  const [one, other] = [await shares.create({ path: '/' }), await shares.create({ path: '/' })]
  for (let sent = 0; sent < 3; sent += 1) await shares.me(one.key)
  const refused = await server.get('/api/v1/me', { key: one.key })
  expect(await outcome(refused)).toBe('429 rate_limited')
  expect(refused.headers.get('x-ratelimit-limit')).toBe('3')
  expect((await shares.me(other.key)).rate_limit.remaining).toBe(2)
  // Two took the links, this is the third.
  expect((await server.get('/api/v1/me')).status).toBe(200)
})

test('an account holds a thousand links, and no more when many are made at once', async () => {
  await using server = await startTestServer({ config: { rateLimit: 5_000 } })
  const shares = shareClient(server)
  const body = { kind: 'read', path: '/', expires_at: in1day() }
  const make = async (count: number) => {
    const made = Array.from({ length: count }, () => shares.post('create', body))
    return (await Promise.all(made)).filter(({ status }) => status === 200).length
  }
  for (let round = 0; round < 9; round += 1) expect(await make(110)).toBe(110)
  expect(await make(20)).toBe(10)
  const reply = await shares.post('create', body)
  expect(await reply.json()).toMatchObject({ message: expect.stringContaining('1,000 links') })
})

test('links need the scope that manages, and no guest makes links', async () => {
  await using server = await startTestServer({ config })
  const weak = await server.keyWith({ scopes: ['read', 'upload', 'import'] })
  const body = { kind: 'read', path: '/', expires_at: in1day() }
  for (const key of [weak, (await shareClient(server).create({ path: '/' })).key]) {
    for (const reply of [
      await server.get('/api/v1/shares', { key }),
      await server.post('/api/v1/shares/create', body, { key }),
      await server.post('/api/v1/shares/revoke', { ids: ['x'] }, { key }),
    ]) {
      expect(await outcome(reply)).toBe('403 insufficient_scope')
    }
  }
})

test('no file of the data folder holds a link or a password', async () => {
  await using server = await startTestServer({ config })
  const shares = shareClient(server)
  const password = 'a long pass phrase'
  const { secret } = await shares.create({ path: '/', name: 'A name', password })
  const key = (await shares.keyFor(secret, password)) ?? ''
  await shares.me(key)
  const files = await readdir(server.dataFolder, { recursive: true, withFileTypes: true })
  const contents = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))),
  )
  expect(contents.some((bytes) => bytes.includes('A name'))).toBe(true)
  for (const hidden of [secret, password, key.split('.')[1] ?? '']) {
    expect(contents.some((bytes) => bytes.includes(hidden))).toBe(false)
  }
})
