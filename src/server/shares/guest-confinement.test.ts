import { expect, test } from 'vitest'
import { endpoints } from '#contract/endpoints.ts'
import { filesReply, foldersReply } from '#contract/files.ts'
import { uploadBatchReply, uploadReply } from '#contract/uploads.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { outcome, shareClient } from '#server/testing/share-client.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'

const config = { rateLimit: 1_000 }

/** A shared folder with others above and beside it, and a file in each. */
async function filled(server: TestServer) {
  const manage = manageClient(server)
  for (const path of [
    '/top secret.txt',
    '/Home/beside secret.txt',
    '/Home/Shared/seen.txt',
    '/Home/Shared/Inner/deep.txt',
    '/Home/shared/other case secret.txt',
    '/Home/Shared secret/beside secret.txt',
    '/Shared/elsewhere secret.txt',
  ]) {
    await manage.upload(path)
  }
  return manage
}

/** Every way that a path might lead out of a folder. */
const waysOut = [
  ...['..', '../', '/..', '/../', '/../../', '../..', '/../Home/', '/Inner/../..', '/Inner/../../'],
  ...['/./', '/.', '/./..', '//', '///', '//Home//', '/Home', '/Home/', '/Home/Shared/', 'Home'],
  ...['/Shared/', '/Shared secret/', '/Home/Shared secret/', '/shared/', '/Home/shared/'],
  ...['%2e%2e', '%2e%2e%2f', '..%2f', '%2f..%2f', '..%5c', '..\\', '\\..\\', '/..\\..', '\\'],
  ...['%252e%252e%252f', '..;/', '/;/../', '/..%00/', '/\0', '/..\0/', '\u2025', '\uff0e\uff0e/'],
  ...['/\u2024\u2024/', '/..\u200b/', '\u202e../', '/..%c0%af', '..%c0%af..', '/%ff/', '/\ufeff..'],
  ...['/Inner/..', '/Inner/../Inner/../..', '/Inner//..//', '~', '~/', '/~root/', '/etc/passwd'],
  ...['C:\\', 'C:/', 'file:///', 'http://x/', '/0/', '/null/', '/undefined/', '/-1/', '/*', '/%'],
  ...['/INNER/', '/inner/', '/Inner /', '/ Inner/', '/Inner./', '/Inner%20/', '/Inner%00/'],
]

test('no path leads a guest out of what is shared, however it is written', async () => {
  await using server = await startTestServer({ config })
  await filled(server)
  const { key } = await shareClient(server).create({ path: '/Home/Shared/' })
  expect(waysOut.length).toBeGreaterThan(60)

  for (const way of waysOut) {
    for (const written of [
      encodeURIComponent(way),
      way.replaceAll(/[\0-\x20#&+\ud800-\uffff]/g, encodeURIComponent),
    ]) {
      const reply = await server.get(`/api/v1/files?path=${written}&limit=1000`, { key })
      const text = await reply.text()
      // The refusal says the guest's own words again.
      expect(text, `${way} as ${written}`).not.toContain('secret.txt')
      expect([200, 400, 404], `${way} as ${written}`).toContain(reply.status)
      if (reply.status !== 200) continue
      // What is found is the shared folder itself, or what lies in it.
      const { path, files } = filesReply.parse(JSON.parse(text))
      expect([
        ['/', 'seen.txt'],
        ['/Inner/', 'deep.txt'],
      ]).toContainEqual([path, files[0]?.name])
    }
  }
  // The control: the owner's own key finds what the guest must not.
  const own = await (await server.get('/api/v1/files?path=/Home/')).text()
  expect(own).toContain('secret')
})

test('a guest finds by its own paths what is there, and learns no path above', async () => {
  await using server = await startTestServer({ config })
  await filled(server)
  const { key } = await shareClient(server).create({ path: '/Home/Shared/' })
  const texts: string[] = []
  const get = async (path: string) => {
    const text = await (await server.get(path, { key })).text()
    texts.push(text)
    return JSON.parse(text)
  }

  expect(filesReply.parse(await get('/api/v1/files'))).toMatchObject({
    ...{ path: '/', folders: ['Inner'], files: [{ name: 'seen.txt' }] },
  })
  expect(filesReply.parse(await get('/api/v1/files?path=/Inner'))).toMatchObject({
    ...{ path: '/Inner/', folders: [], files: [{ name: 'deep.txt' }] },
  })
  const { tree } = foldersReply.parse(await get('/api/v1/folders'))
  expect(tree).toEqual({
    ...{ name: '', path: '/' },
    folders: [{ name: 'Inner', path: '/Inner/', folders: [] }],
  })
  await get('/api/v1/me')
  await get('/api/v1/files?path=/Nowhere/')
  await get('/api/v1/files?offset=99999')
  expect(texts.join()).not.toContain('Home')
  expect(texts.join()).not.toContain('secret')
})

test('guests reach the endpoints that are theirs, and no other, also one of tomorrow', async () => {
  await using server = await startTestServer({ config })
  await filled(server)
  const shares = shareClient(server)
  const reader = await shares.create({ path: '/Home/Shared/' })
  const sender = await shares.create(shares.ask('/Home/Shared/', 1_000))
  const forReader = new Set(['me', 'files', 'folders', 'archive'])
  const forSender = new Set(['me', 'upload', 'uploadBatch'])

  for (const [name, { method, path, access }] of Object.entries(endpoints)) {
    if (access !== 'key') continue
    for (const [key, own] of [
      [reader.key, forReader],
      [sender.key, forSender],
    ] as const) {
      const reply = await server.request(path, { key, method })
      expect(reply.status === 403, `${name} ${await reply.text()}`).toBe(!own.has(name))
    }
  }
  expect(await outcome(await server.get('/api/keys', { key: reader.key }))).toContain('401')
})

/** What a sender puts into names and folders to get elsewhere. */
const uploadsOut: [folder: string, name: string][] = [
  ...waysOut.map((way): [string, string] => [way, 'sent.txt']),
  ...['../x', '..', '.', '/x', 'a/../../x', 'a\\..\\x', '\0', 'x\0.txt', ''].map(
    (name): [string, string] => ['/', name],
  ),
]

test('what a guest sends lies below the folder that asks for it, whatever its path says', async () => {
  await using server = await startTestServer({ config })
  const manage = await filled(server)
  const shares = shareClient(server)
  const { key } = await shares.create(shares.ask('/Home/Shared/', 1_000_000))
  const before = await manage.list('/Home/')

  for (const [index, [folder, name]] of uploadsOut.entries()) {
    const reply = await server.upload({ name, folder, bytes: `sent ${index}` }, { key })
    expect([200, 400], `${folder} ${name}`).toContain(reply.status)
  }
  expect(await manage.list('/')).toEqual(['Home/', 'Shared/', 'top secret.txt'])
  expect(await manage.list('/Shared/')).toEqual(['elsewhere secret.txt'])
  expect(await manage.list('/Home/')).toEqual(before)
  expect(await manage.list('/Home/shared/')).toEqual(['other case secret.txt'])
  // The control: what was taken is there, in folders of the guest's own words.
  expect(await manage.list('/Home/Shared/Home/Shared/')).toContain('sent.txt')
})

const partsOut = [
  ...['../x.txt', '../../x.txt', 'a/../../x.txt', '/x.txt', '//x.txt', './x.txt', 'a//x.txt'],
  ...['..\\x.txt', '%2e%2e/x.txt', 'a/..', '..', '.', '', 'C:\\x.txt', '\u2025/x.txt'],
]

test('no part of a form of a guest lands elsewhere', async () => {
  await using server = await startTestServer({ config })
  const manage = await filled(server)
  const shares = shareClient(server)
  const { key } = await shares.create(shares.ask('/Home/Shared/', 1_000_000))
  for (const part of partsOut) {
    const form = new FormData()
    form.append('file', new Blob([part]), part)
    form.append('file', new Blob(['good']), 'Below/good.txt')
    const reply = await server.request('/api/v1/upload/batch?path=/Sent/', {
      ...{ key, method: 'POST', body: form },
    })
    const { results } = uploadBatchReply.parse(await reply.json())
    expect(results[1], part).toMatchObject({ file: { folder: '/Sent/Below/', link: '' } })
  }
  expect(await manage.list('/')).toEqual(['Home/', 'Shared/', 'top secret.txt'])
  expect(await manage.list('/Home/')).toEqual([
    ...['Shared/', 'shared/', 'Shared secret/', 'beside secret.txt'],
  ])
})

test('a sender is told its own paths, and gets no link', async () => {
  await using server = await startTestServer({ config })
  const manage = await filled(server)
  const shares = shareClient(server)
  const { key } = await shares.create(shares.ask('/Home/Shared/', 1_000))
  const send = async (name: string, bytes: string, folder = '/') =>
    uploadReply.parse(await (await server.upload({ name, folder, bytes }, { key })).json())

  expect(await send('seen.txt', 'mine')).toMatchObject({ file_name: 'seen (2).txt', folder: '/' })
  expect(await send('new.txt', 'n', '/A/B')).toMatchObject({ folder: '/A/B/', link: '' })
  // The same again is the same, and counts once.
  const again = await send('new.txt', 'n', '/A/B')
  expect(await send('new.txt', 'n', '/A/B')).toEqual(again)
  expect((await shares.me(key)).share).toMatchObject({ used_bytes: 5 })
  expect(await server.get(`/share/${again.tracking_id}/new.txt`, { key: null })).toMatchObject({
    status: 404,
  })
  expect(await manage.list('/Home/Shared/A/B/')).toEqual(['new.txt'])
})

test('folders of a guest are as deep as the whole path may be', async () => {
  await using server = await startTestServer({ config })
  const manage = manageClient(server)
  const deep = `/${'d/'.repeat(30)}`
  await manage.createFolder(deep)
  const shares = shareClient(server)
  const { key } = await shares.create(shares.ask(deep, 1_000))
  const send = (folder: string) => server.upload({ name: 'x', folder, bytes: folder }, { key })
  expect((await send('/e/f/')).status).toBe(200)
  const reply = await send('/e/f/g/')
  expect(await reply.json()).toMatchObject({
    ...{ code: 'invalid_request', message: 'Folders must be at most 32 levels deep.' },
  })
})

test("the Idempotency-Key of another gives a guest nothing of the other's answer", async () => {
  await using server = await startTestServer({ config })
  await filled(server)
  const shares = shareClient(server)
  const guest = await shares.create(shares.ask('/Home/Shared/', 1_000))
  const headers = { 'idempotency-key': 'one' }
  const file = { name: 'x.txt', bytes: 'the same' }
  const own = uploadReply.parse(await (await server.upload(file, { headers })).json())
  const reply = await server.upload(file, { headers, key: guest.key })
  const sent = uploadReply.parse(await reply.json())
  expect(own.link).not.toBe('')
  expect(sent.link).toBe('')
  expect(sent.tracking_id).not.toBe(own.tracking_id)
})
