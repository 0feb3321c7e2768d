import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { additions, meReply, serverReply } from '#contract/account.ts'
import { errorReply } from '#contract/api-error.ts'
import { archiveReply } from '#contract/archive.ts'
import { filesReply } from '#contract/files.ts'
import { uploadReply } from '#contract/uploads.ts'
import { connectionLimits } from '#server/http/connections/connection-limits.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { sendRaw } from '#server/testing/test-raw-request.ts'
import { startUpstream } from '#server/testing/test-upstream.ts'

async function startBoth() {
  const upstream = await startTestServer()
  const gateway = await startTestServer({ config: { upstream: upstream.origin } })
  return {
    upstream,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

test('a second Barkeep behind it is used as if it were here', async () => {
  await using both = await startBoth()
  const { gateway, upstream } = both
  const { key } = upstream

  const reply = await gateway.get('/api/v1/me', { key })
  expect(meReply.parse(await reply.json()).username).toBe('owner')
  expect(reply.headers.get('x-ratelimit-remaining')).toBe('59')

  const bytes = new Uint8Array(3_000_000).fill(7)
  const uploaded = uploadReply.parse(
    await (await gateway.upload({ name: 'ü.bin', folder: '/Films/', bytes }, { key })).json(),
  )
  expect(uploaded).toMatchObject({ file_name: 'ü.bin', size: 3_000_000, folder: '/Films/' })
  const listed = filesReply.parse(
    await (await gateway.get('/api/v1/files?path=/Films/', { key })).json(),
  )
  expect(listed.files.map(({ name }) => name)).toEqual(['ü.bin'])
  const stored = await fetch(uploaded.link)
  expect(Buffer.from(await stored.arrayBuffer()).equals(bytes)).toBe(true)
})

/** As a server is that nobody has set anything on. */
const offered = additions.filter((one) => one !== 'sponsorblock')

test('what a Barkeep behind it can do beyond the reference passes through, and is named', async () => {
  await using both = await startBoth()
  const { gateway, upstream } = both
  const { key } = upstream
  const description = await gateway.get('/api/server', { key: null })
  expect(serverReply.parse(await description.json()).additions).toEqual(offered)
  const at = manageClient(gateway, { key })
  await at.upload('/a/b.txt')
  expect(await at.rename('/a/', 'c')).toBe('/c/')
  const [deleted] = (await at.delete(['/c/b.txt'])).results
  expect((await at.trash()).items).toMatchObject([{ id: deleted?.trash_id, path: '/c/b.txt' }])
  expect((await at.restore([deleted?.trash_id ?? ''])).results).toMatchObject([{ status: 'ok' }])
  expect(await manageClient(upstream).list('/c/')).toEqual(['b.txt'])
  const reader = await upstream.keyWith({ scopes: ['read'] })
  const refused = await manageClient(gateway, { key: reader }).post('files/delete', {})
  expect(refused.status).toBe(403)
})

test("the upstream's refusals come through with their status, code and headers", async () => {
  await using both = await startBoth()
  const { gateway } = both
  const unknown = await gateway.get('/api/v1/me', { key: `csb_live_${'M'.repeat(28)}` })
  expect(unknown.status).toBe(401)
  expect(errorReply.parse(await unknown.json()).code).toBe('invalid_key')
  const missing = await gateway.get('/api/v1/files?path=/None/', { key: both.upstream.key })
  expect(missing.status).toBe(404)
  expect(missing.headers.get('x-ratelimit-limit')).toBe('60')
})

test('what belongs to an own store is not there, and the server says that it is a gateway', async () => {
  await using both = await startBoth()
  const { gateway } = both
  const description = await gateway.get('/api/server', { key: null })
  expect(serverReply.parse(await description.json()).mode).toBe('gateway')
  for (const path of [
    '/api/keys',
    '/api/auth/get-session',
    '/share/abc/a.txt',
    '/api/v1',
    '/api/none',
  ]) {
    const reply = await gateway.get(path, { key: null })
    expect(reply.status, path).toBe(404)
    expect(errorReply.parse(await reply.json()).code).toBe('not_found')
  }
  expect((await gateway.get('/docs/api', { key: null })).status).toBe(200)
  expect((await gateway.get('/healthz', { key: null })).status).toBe(200)
})

test('the own store says that it is one', async () => {
  await using server = await startTestServer()
  const description = serverReply.parse(
    await (await server.get('/api/server', { key: null })).json(),
  )
  expect(description.mode).toBe('own')
  expect(description.version).toMatch(/^\d+\.\d+\.\d+/)
})

test('a gateway names the additions of the Barkeep behind it, and hands their parameters on', async () => {
  await using both = await startBoth()
  const { gateway, upstream } = both
  const additionsOf = async (server: TestServer) =>
    serverReply.parse(await (await server.get('/api/server', { key: null })).json()).additions
  expect(await additionsOf(upstream)).toEqual(offered)
  expect(await additionsOf(gateway)).toEqual(offered)
  for (const name of ['a', 'b']) await upstream.upload({ name, bytes: name })
  const reply = await gateway.get('/api/v1/files?limit=1', { key: upstream.key })
  expect(await reply.json()).toMatchObject({ limit: 1, total: 2, has_more: true })
  const look = { url: 'http://10.0.0.1/' }
  const refused = await gateway.post('/api/v1/import/inspect', look, { key: upstream.key })
  expect(await refused.json()).toMatchObject({
    message: expect.stringContaining('private address'),
  })
})

test('a link to an archive that came through a gateway opens at the Barkeep behind it', async () => {
  await using both = await startBoth()
  const { gateway, upstream } = both
  await upstream.upload({ name: 'a.txt', bytes: 'a' })
  const reply = await gateway.post('/api/v1/archive', { items: ['/'] }, { key: upstream.key })
  const { link, size } = archiveReply.parse(await reply.json())
  const zip = await fetch(link, { headers: { range: 'bytes=0-3' } })
  expect(zip.headers.get('content-range')).toBe(`bytes 0-3/${size}`)
  expect(await zip.text()).toBe('PK\u0003\u0004')
})

test('a gateway hands on a form of many files as it comes, and its answers', async () => {
  await using both = await startBoth()
  const { gateway, upstream } = both
  const body = new FormData()
  for (const path of ['a', 'Rome/b', '..']) body.append('file', new Blob([path]), path)
  const sent = { method: 'POST', body, key: upstream.key }
  const reply = await gateway.request('/api/v1/upload/batch?path=/Films/', sent)
  expect(await reply.json()).toMatchObject({
    results: [
      { file: { file_name: 'a', folder: '/Films/' } },
      { file: { file_name: 'b', folder: '/Films/Rome/' } },
      { code: 'invalid_request' },
    ],
  })
  expect((await upstream.get('/api/v1/files?path=/Films/Rome/')).status).toBe(200)
})

test('an upstream that went away is 503 unavailable, and one that came back is used again', async () => {
  await using upstream = await startTestServer()
  await using gateway = await startTestServer({ config: { upstream: upstream.origin } })
  const { key } = upstream
  expect((await gateway.get('/api/v1/me', { key })).status).toBe(200)

  await upstream.server.close()
  const down = await gateway.get('/api/v1/me', { key })
  expect(down.status).toBe(503)
  expect(errorReply.parse(await down.json()).code).toBe('unavailable')

  const { port } = new URL(upstream.origin)
  const other = createServer((_request, response) => response.end('{"status":"ok"}'))
  other.listen(Number(port), '127.0.0.1')
  await once(other, 'listening')
  expect((other.address() as AddressInfo).port).toBe(Number(port))
  expect((await gateway.get('/api/v1/me', { key })).status).toBe(200)
  other.closeAllConnections()
  await new Promise((closed) => other.close(closed))
})

test('what a gateway has to answer by itself tells no window, for it knows none, and is kept by no cache', async () => {
  const upstream = await startTestServer()
  await upstream[Symbol.asyncDispose]()
  await using gateway = await startTestServer({ config: { upstream: upstream.origin } })
  const head = (target: string) => `GET ${target} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x`
  const answers = {
    'nobody behind it': [503, await sendRaw(gateway.origin, `${head('/api/v1/me')}\r\n\r\n`)],
    'out of the API': [404, await sendRaw(gateway.origin, `${head('/api/v1/../no')}\r\n\r\n`)],
    'two Hosts': [400, await sendRaw(gateway.origin, `${head('/api/v1/me')}\r\nHost: b\r\n\r\n`)],
    'no HTTP': [400, await sendRaw(gateway.origin, 'hello\r\n\r\n')],
    'no such method': [
      404,
      await sendRaw(gateway.origin, 'PROPFIND /api/v1/me HTTP/1.1\r\nHost: a\r\n\r\n'),
    ],
  } as const
  for (const [what, [status, reply]] of Object.entries(answers)) {
    expect(reply.status, what).toBe(status)
    errorReply.parse(JSON.parse(reply.body))
    expect(reply.headers, what).toMatchObject({ 'cache-control': 'no-store' })
    expect(reply.headers, what).not.toHaveProperty('x-ratelimit-limit')
  }
})

test('an upload that ends while the gateway is ending is answered, and keeps it no longer', async () => {
  const begun = Promise.withResolvers<void>()
  await using upstream = await startUpstream(async (request, response) => {
    request.once('data', () => begun.resolve())
    response.end(await text(request))
  })
  // So long that the test fails by its own time where the gateway waits for it.
  const limits = { ...connectionLimits, graceMs: 600_000 }
  await using gateway = await startTestServer({
    config: { upstream: upstream.origin },
    dependencies: { limits },
  })
  const { hostname, port } = new URL(gateway.origin)
  const socket = connect(Number(port), hostname).setEncoding('latin1')
  socket.write('POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab')
  await begun.promise
  const end = gateway.server.close()
  await vi.waitFor(() => expect(gateway.server.app.server.listening).toBe(false), 30_000)
  socket.write('cd')
  let answer = ''
  for await (const chunk of socket) answer += chunk
  expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n.*^connection: close\r\n.*abcd$/ims)
  await end
})
