import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { startRawUpstream, startTestGateway, startUpstream } from '#server/testing/test-upstream.ts'

const megabyte = 1024 * 1024
const wholeBytes = 256 * megabyte
/** What the kernel's buffers of two connections may swallow, many times over; far below the whole. */
const boundBytes = 64 * megabyte
const chunk = Buffer.alloc(megabyte, 7)

/** Sends all that the gateway takes. `taken` is what it had read of it when it gave the upstream up. */
async function uploadTo(upstream: string) {
  let connection: Socket | null = null
  let taken = 0
  await using gateway = await startTestGateway(upstream, {
    idleMs: 1000,
    onRequest: (request) => {
      connection = request.socket
    },
    log: () => {
      taken = connection?.bytesRead ?? 0
    },
  })
  const outgoing = httpRequest(`${gateway.origin}/api/v1/upload`, { method: 'POST', agent: false })
  outgoing.on('error', () => undefined)
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  Readable.from(megabytes(wholeBytes)).pipe(outgoing)
  const [answer] = await answered
  const status = answer.statusCode
  outgoing.destroy()
  return { status, taken }
}

function* megabytes(bytes: number): Generator<Buffer> {
  for (let made = 0; made < bytes; made += chunk.length) yield chunk
}

test('of an upload that the upstream does not read the gateway takes a bounded part only', async () => {
  await using deaf = await startRawUpstream((socket) => socket.pause())

  const { status, taken } = await uploadTo(deaf.origin)

  expect(status).toBe(503)
  expect(taken).toBeGreaterThan(0)
  expect(taken).toBeLessThan(boundBytes)
})

test('the same upload goes through whole where the upstream reads it', async () => {
  let bytes = 0
  await using upstream = await startUpstream(async (request, response) => {
    for await (const part of request) bytes += (part as Buffer).length
    response.end('{}')
  })

  expect((await uploadTo(upstream.origin)).status).toBe(200)
  expect(bytes).toBe(wholeBytes)
})

test('of an answer that the client does not read the gateway takes a bounded part, and waits', async () => {
  const stuck = Promise.withResolvers<number>()
  await using upstream = await startUpstream((request, response) => {
    // Longer than the gateway waits for an upstream: it is not the upstream that is late here.
    response.setTimeout(1000, () => stuck.resolve(request.socket.bytesWritten))
    response.writeHead(200, { 'content-length': wholeBytes })
    Readable.from(megabytes(wholeBytes)).pipe(response)
  })
  await using gateway = await startTestGateway(upstream.origin, { idleMs: 200 })
  const outgoing = httpRequest(`${gateway.origin}/api/v1/files`, { agent: false }).end()
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]

  expect(await stuck.promise).toBeLessThan(boundBytes)

  let bytes = 0
  for await (const part of answer) bytes += (part as Buffer).length
  expect(bytes).toBe(wholeBytes)
})

test('an upload whose client pauses is not given up for a silent upstream', async () => {
  const began = Promise.withResolvers<void>()
  await using upstream = await startUpstream((request, response) => {
    request.once('data', () => began.resolve())
    request.on('end', () => response.end('whole'))
  })
  await using gateway = await startTestGateway(upstream.origin, { idleMs: 100 })
  const outgoing = httpRequest(`${gateway.origin}/api/v1/upload`, { method: 'POST', agent: false })
  outgoing.write('first')
  await began.promise
  // Three times the gateway's patience with an upstream.
  outgoing.setTimeout(300)
  await once(outgoing, 'timeout')
  outgoing.end('last')

  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  expect(answer.statusCode).toBe(200)
})
