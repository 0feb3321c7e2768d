import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test, vi } from 'vitest'
import { startBalancer } from './balancer.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A server that is ready, and answers as `answer` does. */
async function startServer(answer: Answer) {
  const server = createServer((request, response) => {
    if (request.url === '/readyz') response.end('{}')
    else answer(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function startReady(servers: string[]) {
  const balancer = await startBalancer({ servers, checkEveryMs: 50 })
  await vi.waitFor(() => expect(balancer.readyServers()).toBe(servers.length), 30_000)
  return { ...balancer, [Symbol.asyncDispose]: balancer.close }
}

test('servers take turns, get bodies whole, and are told who asks instead of what he says', async () => {
  const seen: IncomingMessage[] = []
  const answer = (name: string): Answer => {
    return async (request, response) => {
      seen.push(request)
      let bytes = 0
      for await (const chunk of request) bytes += chunk.length
      response.writeHead(201, { 'x-server': name }).end(String(bytes))
    }
  }
  await using one = await startServer(answer('one'))
  await using two = await startServer(answer('two'))
  await using balancer = await startReady([one.origin, two.origin])
  const names = new Set<string | null>()
  for (let times = 0; times < 4; times++) {
    const reply = await fetch(`${balancer.origin}/a?b=c`, {
      method: 'POST',
      body: 'x'.repeat(3_000_000),
      headers: { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'evil.example' },
    })
    expect([reply.status, await reply.text()]).toEqual([201, '3000000'])
    names.add(reply.headers.get('x-server'))
  }
  expect(names).toEqual(new Set(['one', 'two']))
  const { host } = new URL(balancer.origin)
  for (const { url, headersDistinct } of seen) {
    expect(url).toBe('/a?b=c')
    expect(headersDistinct).toMatchObject({
      ...{ host: [host], 'x-forwarded-host': [host], 'x-forwarded-for': ['127.0.0.1'] },
    })
  }
})

test('what may have begun on a server that is gone is not sent again, what only reads is', async () => {
  let posts = 0
  const dying: Answer = (request) => {
    if (request.method === 'POST') posts += 1
    request.socket.destroy()
  }
  await using one = await startServer(dying)
  await using two = await startServer(dying)
  await using third = await startServer((_request, response) => void response.end('here'))
  await using balancer = await startReady([one.origin, two.origin, third.origin])
  expect(await (await fetch(`${balancer.origin}/a`)).text()).toBe('here')
  await vi.waitFor(() => expect(balancer.readyServers()).toBe(3), 30_000)
  const statuses: number[] = []
  for (let times = 0; times < 3; times++) {
    statuses.push((await fetch(`${balancer.origin}/a`, { method: 'POST', body: 'x' })).status)
    await vi.waitFor(() => expect(balancer.readyServers()).toBe(3), 30_000)
  }
  expect(statuses.sort()).toEqual([200, 503, 503])
  expect(posts).toBe(2)
})
