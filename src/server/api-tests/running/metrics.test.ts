import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'

const metrics = { host: '127.0.0.1', port: 0 }

async function readMetrics({ server }: TestServer): Promise<string> {
  const reply = await fetch(server.metricsAddress() ?? '')
  expect(reply.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  return await reply.text()
}

/** The value of the one line that begins so. */
function readingOf(text: string, start: string): number {
  const lines = text.split('\n').filter((line) => line.startsWith(`${start} `))
  expect([start, lines.length]).toEqual([start, 1])
  return Number(lines[0]?.slice(start.length + 1))
}

test('metrics tell requests by route and status, bytes, refusals and imports', async () => {
  await using server = await startTestServer({
    config: { metrics, rateLimit: 5, serverName: 'bar-1' },
  })
  const bytes = 'x'.repeat(100_000)
  const { link } = (await (await server.upload({ name: 'secret-name.txt', bytes })).json()) as {
    link: string
  }
  expect(await (await fetch(link)).text()).toBe(bytes)
  for (let times = 0; times < 6; times++) await server.get('/api/v1/files')
  await server.get('/api/v1/secret-name', { key: null })
  await server.get('/api/v1/me', { key: null })

  // A request counts once it is over, which is when its client has it all.
  const text = await vi.waitFor(async () => {
    const read = await readMetrics(server)
    expect(
      readingOf(read, 'barkeep_http_requests_total{method="GET",route="/api/v1/me",status="401"}'),
    ).toBe(1)
    return read
  }, 30_000)
  const requests = (labels: string) => readingOf(text, `barkeep_http_requests_total{${labels}}`)
  expect(requests('method="POST",route="/api/v1/upload",status="200"')).toBe(1)
  expect(requests('method="GET",route="/api/v1/files",status="200"')).toBe(4)
  expect(requests('method="GET",route="/api/v1/files",status="429"')).toBe(2)
  expect(requests('method="GET",route="none",status="404"')).toBe(1)
  expect(readingOf(text, 'barkeep_rate_limit_refusals_total{window="key"}')).toBe(2)
  expect(readingOf(text, 'barkeep_http_received_bytes_total')).toBeGreaterThan(100_000)
  expect(readingOf(text, 'barkeep_http_sent_bytes_total')).toBeGreaterThan(100_000)
  expect(readingOf(text, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0)
  expect(text).toContain('barkeep_info{server="bar-1",version="')
  expect(text).not.toContain('secret-name')
  expect(text).not.toContain(server.key.slice(-10))
})

test('imports are counted by their state', async () => {
  const source = createServer((_request, response) => response.writeHead(404).end())
  await once(source.listen(0, '127.0.0.1'), 'listening')
  await using server = await startTestServer({ config: { metrics, importAllow: ['127.0.0.1'] } })
  const { port } = source.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/a.txt`
  expect((await server.post('/api/v1/import', { url, type: 'file' })).status).toBe(200)
  await vi.waitFor(async () => {
    expect(readingOf(await readMetrics(server), 'barkeep_imports{state="failed"}')).toBe(1)
  }, 30_000)
  source.close()
})

test('a stranger cannot make labels, by whatever address, method or host', async () => {
  await using server = await startTestServer({ config: { metrics } })
  const linesOf = (text: string) =>
    text.split('\n').filter((line) => line.startsWith('barkeep_http_requests_total'))
  for (const path of ['/a', '/b/c', '/share/x/y', '/share/z', '/api/v1/nope', '/assets/q.js']) {
    for (const method of ['GET', 'PUT', 'DELETE', 'PROPFIND', 'BREW']) {
      const { hostname, port } = new URL(server.origin)
      const socket = connect(Number(port), hostname)
      socket.end(`${method} ${path} HTTP/1.1\r\nHost: evil${path.length}\r\n\r\n`)
      for await (const _chunk of socket);
    }
  }
  const routes = new Set(
    linesOf(await readMetrics(server)).map((line) => /route="(.*?)"/.exec(line)?.[1]),
  )
  expect([...routes].sort()).toEqual(['/share/:trackingId/:name', 'none'])
})

test('metrics have an address of their own, and nothing else is there', async () => {
  await using server = await startTestServer({ config: { metrics } })
  const at = server.server.metricsAddress() ?? ''
  expect(new URL(at).host).not.toBe(new URL(server.origin).host)
  expect((await fetch(at.replace('/metrics', '/api/v1/me'))).status).toBe(404)
  expect((await fetch(at, { method: 'POST', body: 'x' })).status).toBe(404)
  expect(await (await server.get('/metrics', { key: null })).text()).not.toContain('barkeep_info')
  await server.end()
  await expect(fetch(at)).rejects.toThrow()
})

test('without the setting nobody counts', async () => {
  await using server = await startTestServer()
  expect(server.server.metricsAddress()).toBeNull()
})
