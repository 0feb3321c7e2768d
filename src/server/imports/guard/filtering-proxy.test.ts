import { once } from 'node:events'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { ForbiddenAddress } from '#server/imports/tasks/import-failure.ts'
import { startCanary } from '#server/testing/imports/canary.ts'
import { startRawSource } from '#server/testing/imports/source.ts'
import { startTestVideoSite } from '#server/testing/imports/video-site.ts'
import { sendRaw } from '#server/testing/test-raw-request.ts'
import { createAddressGuard, parseImportAllow } from './address-guard.ts'
import { type FilteringProxy, startFilteringProxy } from './filtering-proxy.ts'

const startProxy = (allow: string[], onBytes: (bytes: number) => void = () => {}) =>
  startFilteringProxy({ guard: createAddressGuard(parseImportAllow(allow)), onBytes })

const credentials = (proxy: FilteringProxy) =>
  `Basic ${Buffer.from(new URL(proxy.url).href.replace(/^http:\/\/(.*)@.*$/, '$1')).toString('base64')}`

async function send(proxy: FilteringProxy, line: string, authorization = credentials(proxy)) {
  const raw = `${line} HTTP/1.1\r\nHost: x\r\nProxy-Authorization: ${authorization}\r\nConnection: close\r\n\r\n`
  return await sendRaw(`http://127.0.0.1:${proxy.port}`, raw)
}

test('nobody gets through without the credentials of this one run', async () => {
  await using site = await startTestVideoSite()
  await using proxy = await startProxy([site.host])
  for (const line of [`GET ${site.origin}/`, `CONNECT ${site.host}`]) {
    expect((await send(proxy, line, 'Basic x')).status).toBe(407)
    expect((await send(proxy, line, '')).status).toBe(407)
  }
  expect(site.requests).toEqual([])
})

test('what the guard allows passes, without the headers that were for the proxy', async () => {
  await using site = await startTestVideoSite()
  await using proxy = await startProxy([site.host])
  const reply = await send(proxy, `GET ${site.origin}/file/a.txt?size=5`)
  expect([reply.status, reply.headers['content-length'], reply.body.length]).toEqual([200, '5', 5])
  expect(site.requests).toMatchObject([{ line: 'GET /file/a.txt?size=5' }])
})

const repeated = 'Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'

test.each([
  ['of 20 KB', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(20_000)}\r\nContent-Length: 5\r\n\r\nhello`],
  ['whose lines end in LF alone', 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'],
  ['with a length and chunks', `HTTP/1.1 200 OK\r\n${repeated}`],
])('an answer with a head %s passes, as browsers read it', async (_what, answer) => {
  await using source = await startRawSource(answer)
  await using proxy = await startProxy([source.host])
  const reply = await send(proxy, `GET ${source.origin}/x`)
  expect([reply.status, reply.body]).toEqual([200, expect.stringContaining('hello')])
  expect(proxy.failure()).toBeNull()
})

test('a tunnel carries bytes both ways', async () => {
  await using site = await startTestVideoSite()
  await using proxy = await startProxy([site.host])
  const outgoing = request({
    ...{ port: proxy.port, method: 'CONNECT', path: site.host },
    headers: { 'proxy-authorization': credentials(proxy) },
  }).end()
  const [, socket] = (await once(outgoing, 'connect')) as [unknown, import('node:net').Socket]
  socket.write(`GET /file/a.txt?size=5 HTTP/1.1\r\nHost: ${site.host}\r\nConnection: close\r\n\r\n`)
  let text = ''
  for await (const chunk of socket) text += (chunk as Buffer).toString('latin1')
  expect(text).toMatch(/^HTTP\/1\.1 200 OK/)
})

const spellings = ['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', 'localhost', '[::1]'].concat(
  '[::ffff:127.0.0.1]',
  '0.0.0.0',
  '127.1',
)

test('no private address passes by any spelling, neither as a request nor as a tunnel', async () => {
  await using canary = await startCanary()
  await using proxy = await startProxy([])
  for (const host of spellings) {
    const target = `${host}:${canary.port}`
    expect((await send(proxy, `GET http://${target}/`)).status, host).toBe(403)
    expect((await send(proxy, `CONNECT ${target}`)).status, host).toBe(403)
  }
  for (const scheme of ['ftp', 'gopher', 'file', 'https']) {
    expect((await send(proxy, `GET ${scheme}://127.0.0.1:${canary.port}/`)).status).toBe(403)
  }
  expect(proxy.failure()).toBeInstanceOf(ForbiddenAddress)
  expect(canary.connections()).toBe(0)
  await using open = await startProxy(['127.0.0.0/8'])
  await send(open, `GET http://127.0.0.1:${canary.port}/`)
  expect(canary.connections()).toBe(1)
})

test('bytes are told while they come', async () => {
  await using site = await startTestVideoSite()
  const told = Promise.withResolvers<void>()
  let arrived = 0
  await using proxy = await startProxy([site.host], (bytes) => {
    arrived += bytes
    if (arrived > 100_000) told.resolve()
  })
  const outgoing = request({
    ...{ port: proxy.port, path: `${site.origin}/endless` },
    headers: { 'proxy-authorization': credentials(proxy) },
  }).end()
  const [answer] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage]
  answer.on('error', () => {}).resume()
  await told.promise
})
