import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestServer } from '#server/testing/start-test-server.ts'
import { expectRefusal, startRefusingServer } from '#server/testing/test-raw-request.ts'

const long = (length: number) => 'a'.repeat(length)

let server: TestServer
beforeAll(async () => {
  server = await startRefusingServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const badPaths = [
  'path=//',
  'path=/a//b/',
  'path=/../',
  'path=..',
  'path=/a/../b/',
  'path=/./',
  'path=/a%00b/',
  'path=/a%0ab/',
  'path=/a%5Cb/',
  'path=/a%7Fb/',
  'path=/a%C2%85b/',
  `path=/${long(256)}/`,
  `path=/${Array(33).fill('d').join('/')}/`,
  `path=/${Array(5).fill(long(250)).join('/')}/`,
  'path=%ff',
  'path=%zz',
  'path=%',
  'path=%E0%A4%A',
  'path=%ED%A0%80',
  'path=/a/&path=/b/',
  '%ff=1',
  'path=/a/&%70ath=/b/',
  `path=/${long(15_000)}/`,
  `${'path&'.repeat(3000)}`,
  'path=/%C0%AE%C0%AE/',
  'path=/%2e%2e/',
  'path=/a%2f..%2f/',
]
const badOffsets = [
  '-1',
  '1.5',
  'x',
  '',
  ' ',
  '1e3',
  '0x10',
  'NaN',
  'Infinity',
  '+1',
  ' 1',
  '1 ',
  '1,000',
  '\u0661',
  '1\0',
  '1\n',
  '-0',
  '1n',
  long(30),
]
const badLimits = [...badOffsets, '0', '00', '1001', '9'.repeat(400), 'all']
const badNames = [
  '',
  'filename',
  'filename=',
  'filename=.',
  'filename=..',
  'filename=a/b',
  'filename=%2e%2e%2fetc',
  'filename=a%5Cb',
  'filename=a%00b',
  'filename=a%0d%0ab',
  'filename=%1b[31m',
  `filename=${long(256)}`,
  `filename=${'%F0%9F%8D%BA'.repeat(64)}`,
  'filename=%ff',
  'filename=%',
  'filename=a&filename=b',
  'FILENAME=a',
  '__proto__=a',
  'filename=a%ED%A0%80',
  'filename[]=a',
  'name=a',
]

const inQuery = (name: string, values: string[]) =>
  values.map((value) => `${name}=${encodeURIComponent(value)}`)

test.each([
  ...badPaths,
  ...inQuery('offset', badOffsets),
  ...inQuery('limit', badLimits),
  'limit=5&limit=5',
])('a listing with ?%s is an invalid request', async (query) => {
  await expectRefusal(server, [`/api/v1/files?${query}`], 'invalid_request')
})

test.each(badNames.concat(badPaths.map((path) => `filename=a&${path}`)))(
  'an upload with ?%s is an invalid request',
  async (query) => {
    const init = { method: 'POST', body: 'bytes' }
    await expectRefusal(server, [`/api/v1/upload?${query}`, init], 'invalid_request')
  },
)

test('what is asked right is answered, so the refusals above are about what is wrong', async () => {
  const answers = await Promise.all([
    server.get('/api/v1/files?path=/&offset=0&unknown=1&unknown=2'),
    server.get('/api/v1/files?path='),
    server.get('/api/v1/files?limit=0001'),
    server.get('/api/v1/files?limit=1000'),
    server.get('/api/v1/me'),
    server.get('/api/v1/me?__proto__=1&constructor=2'),
  ])
  expect(answers.map((reply) => reply.status)).toEqual([200, 200, 200, 200, 200, 200])
})
