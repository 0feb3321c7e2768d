import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import {
  ask,
  startRawUpstream,
  startTestGateway,
  startUpstream,
} from '#server/testing/test-upstream.ts'
import { describeFailure } from './gateway.ts'

/** The error code of an answer that the gateway itself made: 503, and the API's JSON. */
function codeOf(answer: { status: number | undefined; body: string }): string {
  expect(answer.status).toBe(503)
  return errorReply.parse(JSON.parse(answer.body)).code
}

test('a POST whose connection is reset is told as 503, and never sent a second time', async () => {
  let posts = 0
  await using upstream = await startRawUpstream((socket) => {
    socket.on('data', (bytes) => {
      if (bytes.toString('latin1').startsWith('GET')) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        return
      }
      posts += 1
      socket.resetAndDestroy()
    })
  })
  await using gateway = await startTestGateway(upstream.origin)
  // Leaves a kept connection behind, which a POST must not take.
  await ask(`${gateway.origin}/api/v1/me`)

  const answer = await ask(`${gateway.origin}/api/v1/import`, { method: 'POST' }, '{}')

  expect(codeOf(answer)).toBe('unavailable')
  expect(posts).toBe(1)
})

test('a POST without a body is no more sent twice than one that has one', async () => {
  let posts = 0
  await using upstream = await startRawUpstream((socket) => {
    socket.on('data', (bytes) => {
      if (bytes.toString('latin1').startsWith('GET')) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        return
      }
      posts += 1
      socket.destroy()
    })
  })
  await using gateway = await startTestGateway(upstream.origin)
  await ask(`${gateway.origin}/api/v1/me`)

  expect(codeOf(await ask(`${gateway.origin}/api/v1/upload`, { method: 'POST' }))).toBe(
    'unavailable',
  )
  expect(posts).toBe(1)
})

test('when all kept connections went stale, every reader still gets an answer', async () => {
  const waiting: (() => void)[] = []
  let isRestarted = false
  let requests = 0
  await using upstream = await startRawUpstream((socket) => {
    const isOld = !isRestarted
    socket.on('data', () => {
      requests += 1
      if (isRestarted && isOld) return void socket.destroy()
      waiting.push(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
      if (isRestarted || waiting.length === 3) for (const answer of waiting.splice(0)) answer()
    })
  })
  await using gateway = await startTestGateway(upstream.origin)
  const askAll = () =>
    Promise.all([1, 2, 3].map(async () => (await ask(`${gateway.origin}/api/v1/me`)).body))
  expect(await askAll()).toEqual(['ok', 'ok', 'ok'])

  isRestarted = true
  expect((await ask(`${gateway.origin}/api/v1/me`)).body).toBe('ok')
  expect(await askAll()).toEqual(['ok', 'ok', 'ok'])
  expect(requests).toBe(10)
})

test('an upstream that dies in the middle of an upload is told as 503 while the client still sends', async () => {
  await using upstream = await startRawUpstream((socket) => {
    socket.once('data', () => socket.resetAndDestroy())
  })
  await using gateway = await startTestGateway(upstream.origin)
  const outgoing = httpRequest(`${gateway.origin}/api/v1/upload`, {
    method: 'POST',
    agent: false,
    headers: { 'content-length': 100_000_000 },
  })
  outgoing.on('error', () => undefined)
  outgoing.write(Buffer.alloc(1_000_000))

  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]

  expect(codeOf({ status: answer.statusCode, body: await text(answer) })).toBe('unavailable')
  outgoing.destroy()
})

test('an early refusal reaches a client that goes on sending, and the rest is not passed on', async () => {
  let passedOn = 0
  await using upstream = await startRawUpstream((socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}'))
    socket.on('data', (bytes) => {
      passedOn += bytes.length
    })
  })
  await using gateway = await startTestGateway(upstream.origin)
  const outgoing = httpRequest(`${gateway.origin}/api/v1/upload`, {
    method: 'POST',
    agent: false,
    headers: { 'content-length': 64_000_000 },
  })
  outgoing.on('error', () => undefined)
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  for (let sent = 0; sent < 64; sent += 1) outgoing.write(Buffer.alloc(1_000_000))
  outgoing.end()

  const [answer] = await answered

  expect(answer.statusCode).toBe(413)
  expect(await text(answer)).toBe('{}')
  await once(outgoing, 'close')
  expect(passedOn).toBeLessThan(32_000_000)
})

test('an upstream that trickles out a head without end is told as 503', async () => {
  await using upstream = await startRawUpstream((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nX-Long: ')
      const timer = setInterval(() => socket.write('x'), 20)
      socket.once('close', () => clearInterval(timer))
    })
  })
  await using gateway = await startTestGateway(upstream.origin, { answerMs: 300, idleMs: 200 })

  expect(codeOf(await ask(`${gateway.origin}/api/v1/me`))).toBe('unavailable')
})

test('ten megabytes of head are told as 503', async () => {
  await using upstream = await startRawUpstream((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\n')
      for (let sent = 0; sent < 10; sent += 1) {
        socket.write(`X-Long-${sent}: ${'x'.repeat(1_000_000)}\r\n`)
      }
    })
  })
  await using gateway = await startTestGateway(upstream.origin)

  expect(codeOf(await ask(`${gateway.origin}/api/v1/me`))).toBe('unavailable')
})

test('an answer that stops in the middle is cut off, and told in the log', async () => {
  await using upstream = await startRawUpstream((socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))
  })
  const lines: string[] = []
  const log = (line: string) => void lines.push(line)
  await using gateway = await startTestGateway(upstream.origin, { idleMs: 200, log })

  await expect(ask(`${gateway.origin}/api/v1/me`)).rejects.toThrow('aborted')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(upstream.origin)
})

test('the log says why nobody answers', async () => {
  const gone = await startRawUpstream(() => undefined)
  await gone[Symbol.asyncDispose]()
  const lines: string[] = []
  const log = (line: string) => void lines.push(line)
  await using gateway = await startTestGateway(gone.origin, { log })

  expect(codeOf(await ask(`${gateway.origin}/api/v1/me`))).toBe('unavailable')
  expect(lines).toEqual([expect.stringContaining('failed: connect ECONNREFUSED 127.0.0.1')])
})

test('of a name with several addresses the log has words for each', () => {
  const failures = ['::1', '127.0.0.1'].map((at) => new Error(`connect ECONNREFUSED ${at}`))
  expect(describeFailure(new AggregateError(failures))).toBe(
    'connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1',
  )
})

test.each([
  ['HEAD', 'a body that HEAD has none of', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', ''],
  ['GET', 'nonsense', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\noknonsense', 'ok'],
])(
  'an answer to %s that is whole arrives although %s follows it',
  async (method, _what, answer, body) => {
    await using upstream = await startRawUpstream((socket) => {
      socket.once('data', () => socket.write(answer))
    })
    await using gateway = await startTestGateway(upstream.origin)

    expect(await ask(`${gateway.origin}/api/v1/me`, { method })).toMatchObject({
      status: 200,
      body,
    })
  },
)

test('an answer in a coding of its own is told as 503, not as the bytes it is not', async () => {
  await using upstream = await startRawUpstream((socket) => {
    socket.once('data', () =>
      socket.write(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nxx\r\n0\r\n\r\n',
      ),
    )
  })
  await using gateway = await startTestGateway(upstream.origin)

  expect(codeOf(await ask(`${gateway.origin}/api/v1/me`))).toBe('unavailable')
})

test('an upstream that hangs on a kept connection is waited for once, not twice', async () => {
  let requests = 0
  await using upstream = await startRawUpstream((socket) => {
    socket.on('data', () => {
      requests += 1
      if (requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  await using gateway = await startTestGateway(upstream.origin, { idleMs: 200 })
  await ask(`${gateway.origin}/api/v1/me`)

  expect(codeOf(await ask(`${gateway.origin}/api/v1/me`))).toBe('unavailable')
  expect(requests).toBe(2)
})

test('HEAD is answered with the head alone', async () => {
  await using upstream = await startUpstream((request, response) => {
    response.writeHead(200, { 'content-length': 1234, 'x-method': request.method })
    response.end()
  })
  await using gateway = await startTestGateway(upstream.origin)

  const answer = await ask(`${gateway.origin}/api/v1/me`, { method: 'HEAD' })

  expect(answer).toMatchObject({ status: 200, body: '' })
  expect(answer.headers).toMatchObject({ 'content-length': '1234', 'x-method': 'HEAD' })
})

test('a coded body is refused, not passed on as if it were plain', async () => {
  let requests = 0
  await using upstream = await startUpstream((_request, response) => {
    requests += 1
    response.end()
  })
  await using gateway = await startTestGateway(upstream.origin)
  const socket = connect(gateway.port, '127.0.0.1')
  socket.write(
    'POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
  )

  const [answer] = (await once(socket, 'data')) as [Buffer]

  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"invalid_request"/)
  expect(requests).toBe(0)
  socket.destroy()
})

test('a client that waits for 100 Continue is not told to send to an upstream that is down', async () => {
  const gone = await startRawUpstream(() => undefined)
  await gone[Symbol.asyncDispose]()
  await using gateway = await startTestGateway(gone.origin)
  const outgoing = httpRequest(`${gateway.origin}/api/v1/upload`, {
    method: 'POST',
    agent: false,
    headers: { expect: '100-continue', 'content-length': '5' },
  })
  let isAsked = false
  outgoing.on('continue', () => {
    isAsked = true
  })
  outgoing.on('error', () => undefined)
  outgoing.flushHeaders()

  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]

  expect(codeOf({ status: answer.statusCode, body: await text(answer) })).toBe('unavailable')
  expect(isAsked).toBe(false)
  outgoing.destroy()
})
