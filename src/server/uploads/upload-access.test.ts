import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { meReply } from '#contract/account.ts'
import { filesReply } from '#contract/files.ts'
import { openCliStore } from '#server/cli/cli-store.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'

type RunningUpload = AsyncDisposable & { socket: Socket; ended: Promise<string> }

/** An upload of ten bytes that passed every check and has sent five. `ended`: all that was answered. */
async function startUpload(server: TestServer, key = server.key): Promise<RunningUpload> {
  const socket = connect(Number(new URL(server.origin).port), '127.0.0.1').setEncoding('utf8')
  let came = ''
  socket.on('data', (text) => {
    came += text
  })
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  socket.write(
    `POST /api/v1/upload?filename=a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\n` +
      'Content-Length: 10\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n',
  )
  await once(socket, 'data')
  expect(came).toMatch(/^HTTP\/1\.1 100 /)
  socket.write('hello')
  return {
    socket,
    ended: closed.then(() => came.slice(came.indexOf('\r\n\r\n') + 4)),
    async [Symbol.asyncDispose]() {
      socket.destroy()
      await closed
    },
  }
}

async function ownerKeyId(server: TestServer): Promise<string> {
  return meReply.parse(await (await server.get('/api/v1/me')).json()).key.id
}

async function listedCount(server: TestServer): Promise<number> {
  const key = await server.keyWith({})
  return filesReply.parse(await (await server.get('/api/v1/files', { key })).json()).files.length
}

test('an upload of a key that another process revokes ends by itself, and nothing of it is kept', async () => {
  await using server = await startTestServer()
  await using store = await openCliStore(server.config)
  await using running = await startUpload(server)
  await store.apiKeys.revoke(await ownerKeyId(server), { now: Date.now() })
  // Not one more byte comes from the client.
  expect(await running.ended).toMatch(/^HTTP\/1\.1 401 [\s\S]*"code":"invalid_key"/)
  expect(await listedCount(server)).toBe(0)
})

test('the last bytes of an upload that come right after the key was revoked are refused', async () => {
  await using server = await startTestServer()
  await using store = await openCliStore(server.config)
  const keyId = await ownerKeyId(server)
  await using running = await startUpload(server)
  await store.apiKeys.revoke(keyId, { now: Date.now() })
  running.socket.write('world')
  expect(await running.ended).toMatch(/^HTTP\/1\.1 401 [\s\S]*"code":"invalid_key"/)
  expect(await listedCount(server)).toBe(0)
})

test('an upload of an account that is banned ends by itself; uploads of others go on', async () => {
  await using server = await startTestServer()
  await using store = await openCliStore(server.config)
  const bobsKey = await server.keyWith({ username: 'bob' })
  await using owners = await startUpload(server)
  await using bobs = await startUpload(server, bobsKey)
  const bob = await store.users.find('bob')
  await store.users.setState(bob?.id ?? '', 'banned', new Date())
  expect(await bobs.ended).toMatch(/^HTTP\/1\.1 403 [\s\S]*"code":"account_unavailable"/)
  owners.socket.write('world')
  expect(await owners.ended).toMatch(/^HTTP\/1\.1 200 /)
})
