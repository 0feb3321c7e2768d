import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createAddressGuard, parseImportAllow } from '#server/imports/guard/address-guard.ts'
import { createUrlOpener } from '#server/imports/source/open-url.ts'
import { sourceRetryPolicy } from '#server/imports/source/retry-policy.ts'
import { importErrorOf } from '#server/imports/tasks/import-failure.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { startRawSource } from '#server/testing/imports/source.ts'

const open = createUrlOpener(
  createAddressGuard(parseImportAllow(['127.0.0.0/8'])),
  sourceRetryPolicy,
)

/** The body of an answer that is these bytes, or why there is none, and its headers. */
async function read(answer: Parameters<typeof startRawSource>[0]) {
  await using source = await startRawSource(answer)
  try {
    const opened = await open(new URL(`${source.origin}/x`), {
      signal: AbortSignal.timeout(20_000),
    })
    return { body: await text(opened.body), headers: opened.headers }
  } catch (error) {
    return { body: importErrorOf(error).message, headers: {} }
  }
}

const ok = 'HTTP/1.1 200 OK\r\n'
const length = 'Content-Length: 5\r\n'
const chunked = 'Transfer-Encoding: chunked\r\n'
const chunks = '\r\n5\r\nhello\r\n0\r\n\r\n'

const borne: Record<string, string> = {
  'headers of 20 KB': `${ok}X: ${'a'.repeat(20_000)}\r\n${length}\r\nhello`,
  'headers of 200 KB': `${ok}X: ${'a'.repeat(200_000)}\r\n${length}\r\nhello`,
  'lines that end in LF alone': 'HTTP/1.1 200 OK\nContent-Length: 5\nX-A: b\n\nhello',
  'lines that end in either': 'HTTP/1.1 200 OK\r\nContent-Length: 5\nX-A: b\r\n\nhello',
  'a length that is said twice': `${ok}${length}${length}\r\nhello`,
  'a length that is said twice in one line': `${ok}Content-Length: 5, 5\r\n\r\nhello`,
  'a length that is no number': `${ok}Content-Length: many\r\n\r\nhello`,
  'no length': `${ok}\r\nhello`,
  'a length and chunks': `${ok}${length}${chunked}${chunks}`,
  'chunks and another length': `${ok}${chunked}Content-Length: 100\r\n${chunks}`,
  'a coding that is none': `${ok}Transfer-Encoding: identity\r\n${length}\r\nhello`,
  'chunks that are announced by HTTP/1.0 and do not come': `HTTP/1.0 200 OK\r\n${chunked}\r\nhello`,
  'chunk sizes with blanks and notes': `${ok}${chunked}\r\n5  ;a=b\r\nhello\r\n0\r\n\r\n`,
  'chunks whose lines end in LF alone': `${ok}${chunked}\n5\nhello\n0\n\n`,
  'chunks and a trailer whose lines end in LF alone': `${ok}${chunked}\n2\nhe\n3\nllo\n0\nX: y\n\n`,
  'more bytes than it said': `${ok}${length}\r\nhello and more`,
  'a blank before a colon': `${ok}Content-Length : 5\r\n\r\nhello`,
  'lines that are no header': `${ok}nonsense\r\nX Y: z\r\n: none\r\n${length}\r\nhello`,
  'control characters': `${ok}X: a\x01\x00b\r\n${length}\r\nhello`,
  'no reason': `HTTP/1.1 200\r\n${length}\r\nhello`,
  'a lower-case version': `http/1.1 200 OK\r\n${length}\r\nhello`,
  'another version': `HTTP/2 200 OK\r\n${length}\r\nhello`,
  'blank lines before it': `\r\n\r\n${ok}${length}\r\nhello`,
  'the status line of Shoutcast': `ICY 200 OK\r\nContent-Type: audio/mpeg\r\n${length}\r\nhello`,
  'the status line of Shoutcast and no length': `ICY 200 OK\r\n\r\nhello`,
  'junk before it': `\xef\xbb\xbf${ok}${length}\r\nhello`,
  'an early hint before it': `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ok}${length}\r\nhello`,
}

test.each(Object.keys(borne))('an answer with %s is read as browsers read it', async (what) => {
  const bytes = Buffer.from(borne[what] ?? '', 'latin1')
  expect((await read(bytes)).body).toBe('hello')
  if (bytes.length > 1_000) return
  // The same, byte by byte.
  const drip = await read(async (socket) => {
    socket.setNoDelay()
    for (const byte of bytes) {
      socket.write(Buffer.of(byte))
      await turn()
    }
    socket.end()
  })
  expect(drip.body).toBe('hello')
})

test('a header that goes on in the next line, one that is said twice, and the last of thousands are read', async () => {
  const name = 'Content-Disposition: attachment;\r\n\tfilename="a.txt"\r\n'
  const many = Array.from({ length: 3_000 }, (_, index) => `X${index}: a\r\n`).join('')
  const { headers } = await read(`${ok}${many}${name}${name}${length}\r\nhello`)
  expect(headers['content-disposition']).toBe('attachment; filename="a.txt"')
})

const station = 'Content-Type: audio/mpeg\r\nicy-name: Radio\r\nicy-br: 128\r\n\r\n'

test.each([
  ['file', `ICY 200 OK\r\n${station}`],
  ['auto', `HTTP/1.0 200 OK\r\n${station}`],
  ['video', `ICY 200 OK\r\n${station}`],
] as const)('a radio station is told as live: %s', { timeout: 120_000 }, async (type, head) => {
  // It never ends.
  await using source = await startRawSource((socket) => void socket.write(head + 'x'.repeat(9_000)))
  await using imports = await startTestImportServer({ config: { importAllow: [source.host] } })
  expect(await imports.run(`${source.origin}/radio`, { type })).toMatchObject({
    error: 'Live streams cannot be imported. Try again when it is over.',
    error_code: 'live',
  })
})

const noHead =
  'The site answered in something that is not HTTP, or in HTTP without headers (0.9), which browsers refuse, too. Check the port in the link.'
const tlsAlert = Buffer.from('15030100020246', 'hex')

test.each([
  [
    'more headers than browsers take',
    `${ok}X: ${'a'.repeat(300_000)}\r\n\r\n`,
    'The headers of the answer are larger than 256 KiB; browsers refuse such an answer, too.',
  ],
  [
    'two lengths',
    `${ok}${length}Content-Length: 6\r\n\r\nhello!`,
    'The site tells two different lengths of that file, so it cannot be trusted to be whole.',
  ],
  ['a file and nothing else, as in HTTP/0.9', 'hello, file', noHead],
  ['a short file and nothing else', 'hi\n', noHead],
  ['another service', 'SSH-2.0-OpenSSH_9.2\r\n', noHead],
  ['another protocol of streams', 'RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n', noHead],
  [
    'TLS',
    Buffer.concat([tlsAlert, tlsAlert]),
    'The site speaks https there: use a link that starts with https://.',
  ],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-Le', 'The site broke the connection.'],
])('an answer of %s is refused in true words', async (_what, answer, words) => {
  expect((await read(answer)).body).toBe(words)
})
