import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { readRange } from './read-range.ts'

const never = new AbortController().signal

async function serve(answer: RequestListener) {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    link: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

test('a part is read, and the size of the whole', async () => {
  const asked: (string | undefined)[] = []
  await using server = await serve((request, response) => {
    asked.push(request.headers.range)
    response.writeHead(206, { 'content-range': 'bytes 2-4/10' }).end('cde')
  })
  const part = await readRange(server.link, { from: 2, length: 3 }, never)
  expect([text(part.bytes), part.size, asked]).toEqual(['cde', 10, ['bytes=2-4']])
})

test('a server that sends the whole file is read up to what was asked for, and no further', async () => {
  const ended = Promise.withResolvers<void>()
  await using server = await serve((_, response) => {
    response.writeHead(200)
    response.on('close', ended.resolve)
    // It never ends by itself.
    const send = () => {
      while (!response.destroyed && response.write('abcdefghij'.repeat(1000)));
      response.once('drain', send)
    }
    send()
  })
  const part = await readRange(server.link, { from: 10_001, length: 30_000 }, never)
  expect([part.bytes.length, text(part.bytes.subarray(0, 3)), part.size]).toEqual([
    30_000,
    'bcd',
    null,
  ])
  await ended.promise
  await expect(readRange(server.link, { from: 2 ** 30, length: 3 }, never)).rejects.toThrow(
    'This server sends whole files only.',
  )
})

test('more than was asked for is not taken', async () => {
  await using server = await serve((_, response) =>
    response.writeHead(206, { 'content-range': 'bytes 0-99/100' }).end('x'.repeat(100)),
  )
  expect((await readRange(server.link, { from: 0, length: 3 }, never)).bytes).toHaveLength(3)
})

test.each([
  [206, { 'content-range': 'bytes 0-2/10' }, 'The server sent another part of the file.'],
  [404, {}, 'There is no file behind this link any more.'],
  [503, {}, 'The server refused to send the file (status 503).'],
])('status %i is told in words', async (status, headers, words) => {
  await using server = await serve((_, response) => response.writeHead(status, headers).end('abc'))
  await expect(readRange(server.link, { from: 5, length: 3 }, never)).rejects.toThrow(words)
})

test('past the end there is nothing, and a server that is gone is told', async () => {
  await using server = await serve((_, response) =>
    response.writeHead(416, { 'content-range': 'bytes */5' }).end(),
  )
  const { bytes, size } = await readRange(server.link, { from: 5, length: 3 }, never)
  expect([bytes.length, size]).toEqual([0, 5])
  const { link } = server
  await server[Symbol.asyncDispose]()
  await expect(readRange(link, { from: 0, length: 3 }, never)).rejects.toThrow(
    'could not be reached',
  )
})
