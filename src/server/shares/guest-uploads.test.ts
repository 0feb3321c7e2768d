import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { manageClient } from '#server/testing/manage-client.ts'
import { outcome, shareClient } from '#server/testing/share-client.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'
import { refuseWrites } from '#server/testing/test-store.ts'

const config = { rateLimit: 1_000 }

/** How many stored files there are, and how many on the way. */
async function filesOnDisk({ dataFolder }: TestServer): Promise<number> {
  const folders = ['blobs', 'staging'].map((name) => join(dataFolder, name))
  const found = await Promise.all(
    folders.map((path) => readdir(path, { recursive: true, withFileTypes: true })),
  )
  return found.flat().filter((entry) => entry.isFile()).length
}

/** An upload that passed every check and has sent half. `ended`: all that was answered. */
async function startUpload(server: TestServer, key: string, head = 'Content-Length: 10') {
  const socket = connect(Number(new URL(server.origin).port), '127.0.0.1').setEncoding('utf8')
  let came = ''
  socket.on('data', (text) => {
    came += text
  })
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  socket.write(
    `POST /api/v1/upload?filename=half HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\n` +
      `${head}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`,
  )
  await once(socket, 'data')
  const ended = closed.then(() => came.slice(came.indexOf('\r\n\r\n') + 4))
  return { socket, first: came, ended }
}

test('what comes by a link is stored like any other file, and counted', async () => {
  await using server = await startTestServer({ config })
  const [shares, manage] = [shareClient(server), manageClient(server)]
  await manage.createFolder('/In/')
  const { key } = await shares.create(shares.ask('/In/', 10))
  const send = (name: string, bytes: string) => server.upload({ name, bytes }, { key })
  expect((await send('a', '12345')).status).toBe(200)
  expect((await send('b', '12345')).status).toBe(200)
  expect(await outcome(await send('c', '1'))).toBe('413 payload_too_large')
  expect((await send('empty', '')).status).toBe(200)
  expect(await manage.list('/In/')).toEqual(['a', 'b', 'empty'])
  expect(await shares.list()).toMatchObject([{ used_bytes: 10, files: 3, max_bytes: 10 }])
  await server.restart()
  expect((await shares.me(key)).share).toMatchObject({ used_bytes: 10 })
  // What is deleted was sent all the same.
  await manage.delete(['/In/a'])
  expect(await outcome(await send('d', '1'))).toBe('413 payload_too_large')
})

test('more than a link takes is refused before a byte of it comes, and told how much is left', async () => {
  await using server = await startTestServer({ config })
  const shares = shareClient(server)
  const { key } = await shares.create(shares.ask('/', 9))
  const upload = await startUpload(server, key)
  expect(upload.first).toMatch(/^HTTP\/1\.1 413 /)
  upload.socket.destroy()
  const reply = await server.upload({ name: 'x', bytes: 'x'.repeat(10) }, { key })
  expect(await reply.json()).toMatchObject({ message: expect.stringContaining('9 more bytes') })
  expect(await filesOnDisk(server)).toBe(0)
})

test('a body that says nothing of its length is cut where the link takes no more', async () => {
  await using server = await startTestServer({ config })
  const [shares, manage] = [shareClient(server), manageClient(server)]
  const { key } = await shares.create(shares.ask('/', 9))
  const upload = await startUpload(server, key, 'Transfer-Encoding: chunked')
  expect(upload.first).toMatch(/^HTTP\/1\.1 100 /)
  upload.socket.write('6\r\n123456\r\n6\r\n123456\r\n')
  expect(await upload.ended).toMatch(/^HTTP\/1\.1 413 /)
  expect(await filesOnDisk(server)).toBe(0)
  expect(await manage.list('/')).toEqual([])
})

test('uploads at once bring together no more than the link takes', async () => {
  await using server = await startTestServer({ config })
  const [shares, manage] = [shareClient(server), manageClient(server)]
  const { key } = await shares.create(shares.ask('/', 25))
  // Whoever says no length is counted when it is listed.
  const chunked = (name: string) =>
    server.request(`/api/v1/upload?filename=${name}`, {
      ...{ key, method: 'POST', body: new Blob(['0123456789']).stream(), duplex: 'half' },
    } as RequestInit)
  const declared = (name: string) => server.upload({ name, bytes: '0123456789' }, { key })
  const sent = Array.from({ length: 6 }, (_, index) =>
    (index % 2 ? chunked : declared)(`file ${index}`),
  )
  const outcomes = await Promise.all((await Promise.all(sent)).map(outcome))
  expect(outcomes.filter((one) => one === '200').length).toBeLessThanOrEqual(2)
  expect(new Set(outcomes)).toEqual(new Set(['200', '413 payload_too_large']))
  const names = (await manage.list('/')) ?? []
  const [share] = await shares.list()
  expect(share).toMatchObject({ used_bytes: names.length * 10, files: names.length })
  expect(await filesOnDisk(server)).toBe(names.length)
})

test('a form that brings more than the link takes leaves nothing', async () => {
  await using server = await startTestServer({ config })
  const [shares, manage] = [shareClient(server), manageClient(server)]
  const { key } = await shares.create(shares.ask('/', 25))
  const send = (count: number) => {
    const form = new FormData()
    for (let at = 0; at < count; at += 1) form.append('f', new Blob([`bytes ${at}...`]), `${at}`)
    return server.request('/api/v1/upload/batch', { key, method: 'POST', body: form })
  }
  expect(await outcome(await send(3))).toBe('413 payload_too_large')
  expect(await manage.list('/')).toEqual([])
  expect((await send(2)).status).toBe(200)
  expect(await manage.list('/')).toEqual(['0', '1'])
  expect(await shares.list()).toMatchObject([{ used_bytes: 20, files: 2 }])
  expect(await filesOnDisk(server)).toBe(2)
})

test('an upload whose link is revoked ends by itself, and nothing of it is kept', async () => {
  await using server = await startTestServer({ config })
  const [shares, manage] = [shareClient(server), manageClient(server)]
  const { key, share } = await shares.create(shares.ask('/', 100))
  const upload = await startUpload(server, key)
  upload.socket.write('hello')
  await shares.revoke([share.id])
  expect(await upload.ended).toMatch(/^HTTP\/1\.1 401 [\s\S]*"code":"invalid_key"/)
  expect(await manage.list('/')).toEqual([])
  expect(await filesOnDisk(server)).toBe(0)
})

test('the last bytes that come right after a link was revoked are refused', async () => {
  await using server = await startTestServer({ config })
  const [shares, manage] = [shareClient(server), manageClient(server)]
  const { key, share } = await shares.create(shares.ask('/', 100))
  const upload = await startUpload(server, key)
  upload.socket.write('hello')
  await shares.revoke([share.id])
  upload.socket.write('world')
  expect(await upload.ended).toMatch(/^HTTP\/1\.1 401 /)
  expect(await manage.list('/')).toEqual([])
  expect(await filesOnDisk(server)).toBe(0)
})

test('an upload follows a folder that moves meanwhile, and is refused where it is deleted', async () => {
  await using server = await startTestServer({ config })
  const [shares, manage] = [shareClient(server), manageClient(server)]
  await manage.createFolder('/In/')
  const { key } = await shares.create(shares.ask('/In/', 100))
  const first = await startUpload(server, key)
  await manage.rename('/In/', 'Moved')
  // Another in its place is not what was meant.
  await manage.createFolder('/In/')
  first.socket.write('0123456789')
  expect(await first.ended).toMatch(/^HTTP\/1\.1 200 /)
  expect(await manage.list('/Moved/')).toEqual(['half'])
  expect(await manage.list('/In/')).toEqual([])

  const second = await startUpload(server, key)
  await manage.delete(['/Moved/'])
  second.socket.write('9876543210')
  expect(await second.ended).toMatch(/^HTTP\/1\.1 404 /)
  expect(await filesOnDisk(server)).toBe(1)
  expect(await shares.list()).toMatchObject([{ used_bytes: 10, files: 1, state: 'gone' }])
})

test('an expiry stops nothing that has begun', async () => {
  let now = Date.now()
  const clock = { now: () => now, monotonic: () => performance.now() }
  await using server = await startTestServer({ config, dependencies: { clock } })
  const [shares, manage] = [shareClient(server), manageClient(server)]
  const { key } = await shares.create(shares.ask('/', 100))
  const upload = await startUpload(server, key)
  now += 2 * 86_400_000
  upload.socket.write('0123456789')
  expect(await upload.ended).toMatch(/^HTTP\/1\.1 200 /)
  expect(await manage.list('/')).toEqual(['half'])
})

test('where the store fails at the end, neither the file nor its count is kept', async () => {
  await using server = await startTestServer({ config })
  const [shares, manage] = [shareClient(server), manageClient(server)]
  const { key } = await shares.create(shares.ask('/', 100))
  const headers = { 'idempotency-key': 'one' }
  const send = () => server.upload({ name: 'a', bytes: '0123456789' }, { key, headers })
  {
    // It is written after the count, in the same transaction.
    using _ = refuseWrites(server, "a request's reply")
    expect((await send()).status).toBeGreaterThanOrEqual(500)
  }
  expect(await manage.list('/')).toEqual([])
  expect(await shares.list()).toMatchObject([{ used_bytes: 0, files: 0 }])
  expect(await filesOnDisk(server)).toBe(0)
  expect((await send()).status).toBe(200)
  expect((await send()).status).toBe(200)
  expect(await shares.list()).toMatchObject([{ used_bytes: 10, files: 1 }])
})

test('what a killed server answered with 200 is listed and counted, and nothing else', async () => {
  await using server = await startTestServer({ config })
  const shares = shareClient(server)
  const { key, share } = await shares.create(shares.ask('/', 1_000))
  await server.end()
  await using process = startServerProcess({ BARKEEP_DATA: server.config.dataFolder })
  const origin = await process.origin
  const sent = Array.from({ length: 40 }, async (_, index) => {
    const path = `${origin}/api/v1/upload?filename=${index}`
    const headers = { authorization: `Bearer ${key}` }
    const reply = await fetch(path, { method: 'POST', body: '0123456789', headers })
    return reply.ok
  })
  await Promise.any(sent)
  await process.end('SIGKILL')
  const answered = (await Promise.allSettled(sent)).filter(
    (one) => one.status === 'fulfilled' && one.value,
  ).length
  await server.start()
  const names = (await manageClient(server).list('/')) ?? []
  expect(names.length).toBeGreaterThanOrEqual(answered)
  expect(await shares.list()).toMatchObject([
    { id: share.id, used_bytes: names.length * 10, files: names.length },
  ])
  expect(await filesOnDisk(server)).toBe(names.length)
})
