import { once } from 'node:events'
import { mkdtempDisposable, readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { filesReply } from '#contract/files.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { sendUntilClosed } from '#server/testing/test-raw-request.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'

const statuses = (answers: string) => answers.match(/(?<=HTTP\/1\.1 )\d{3}/g)?.map(Number)

test('who ends his side after his request gets the whole answer all the same', async () => {
  await using server = await startTestServer()
  const head = (line: string) =>
    `${line} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.key}\r\n`
  const requests = [
    `${head('GET /api/v1/me')}\r\n`,
    `${head('POST /api/v1/upload?filename=a')}Content-Length: 5\r\n\r\nhello`,
    `${head('POST /api/v1/upload?filename=b')}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`,
    `${head('GET /docs/api')}\r\n`,
  ]
  const { hostname, port } = new URL(server.origin)
  for (const request of requests) {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    socket.end(request)
    expect(await text(socket), request).toMatch(/^HTTP\/1\.1 200 /)
    socket.destroy()
  }
})

test('what came whole is answered in its turn, before the nonsense that follows it', async () => {
  await using server = await startTestServer()
  const asked = `GET /api/v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.key}\r\n\r\n`
  const answers = await sendUntilClosed(server.origin, `${asked}${asked}\0\0\r\n\r\n`)
  expect(statuses(answers)).toEqual([200, 200, 400])
})

test('a body that is longer than its Content-Length is no file, whatever comes before it', async () => {
  await using server = await startTestServer()
  const upload = (name: string, bytes: string) =>
    `POST /api/v1/upload?filename=${name} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.key}\r\nContent-Length: 5\r\n\r\n${bytes}`
  const answers = await sendUntilClosed(
    server.origin,
    upload('a', 'hello') + upload('b', 'hello you'),
  )
  expect(statuses(answers)).toEqual([200, 400])
  expect(answers).toContain('More bytes came than Content-Length said.')
  const listed = filesReply.parse(await (await server.get('/api/v1/files')).json())
  expect(listed.files.map(({ name }) => name)).toEqual(['a'])
  expect(await readdir(join(server.dataFolder, 'staging'))).toEqual([])
})

test('nonsense while a file is on its way is never written into the file', async () => {
  await using server = await startTestServer()
  const bytes = new Uint8Array(30_000_000)
  const sent = (await (await server.upload({ name: 'a.bin', bytes })).json()) as { link: string }
  const { hostname, port, pathname } = new URL(sent.link)
  const socket = connect(Number(port), hostname)
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: a\r\n\r\n`)
  const [begin] = (await once(socket, 'data')) as [Buffer]
  socket.write('nonsense\r\n\r\n')
  const parts = [begin]
  for await (const part of socket) parts.push(part as Buffer)
  const answers = Buffer.concat(parts)
  const start = answers.indexOf('\r\n\r\n') + 4
  expect(answers.subarray(start, start + bytes.length).equals(bytes)).toBe(true)
  expect(statuses(answers.toString('latin1', start + bytes.length))).toEqual([400])
})

test('who asks for a tunnel and hangs up at once does not end the server', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-tunnel-'))
  await using server = startServerProcess({ BARKEEP_DATA: folder.path })
  const origin = await server.origin
  const { hostname, port } = new URL(origin)
  for (let knock = 0; knock < 100; knock += 1) {
    const socket = connect(Number(port), hostname).on('error', () => {})
    await once(socket, 'connect')
    const request = `CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n${'x'.repeat(knock * 1000)}`
    await new Promise((sent) => socket.write(request, sent))
    socket.resetAndDestroy()
  }
  expect((await fetch(`${origin}/healthz`)).status).toBe(200)
})

test('who goes away in the middle of a body is a line in the log, not an error of the server', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-gone-'))
  await using server = startServerProcess({ BARKEEP_DATA: folder.path })
  const { hostname, port } = new URL(await server.origin)
  const key = await server.firstKey
  const socket = connect(Number(port), hostname)
  socket.write(
    `POST /api/v1/upload?filename=a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nContent-Length: 100\r\n\r\nhello`,
  )
  const staging = join(folder.path, 'staging')
  await vi.waitFor(async () => expect(await readdir(staging)).toHaveLength(1), 30_000)
  socket.resetAndDestroy()
  await vi.waitFor(async () => expect(await readdir(staging)).toEqual([]), 30_000)
  await vi.waitFor(
    () => expect(server.output().stderr).toContain('"path":"/api/v1/upload"'),
    30_000,
  )
  expect(server.output().stderr).toContain('"status":null')
  expect(server.output().stderr).not.toContain('"level":50')
})
