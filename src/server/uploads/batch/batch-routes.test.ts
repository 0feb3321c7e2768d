import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { filesReply } from '#contract/files.ts'
import { type UploadBatchReply, uploadBatchReply } from '#contract/uploads.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { blobPaths, stagedPaths } from '#server/testing/test-store.ts'

const batchPath = '/api/v1/upload/batch'

type File = readonly [path: string, bytes: string | Uint8Array<ArrayBuffer>]

function form(files: readonly File[]): FormData {
  const body = new FormData()
  for (const [path, bytes] of files) body.append('file', new Blob([bytes]), path)
  return body
}

async function send(
  server: TestServer,
  files: readonly File[],
  { path = '/', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): Promise<UploadBatchReply['results']> {
  const query = new URLSearchParams({ path })
  const reply = await server.request(`${batchPath}?${query}`, {
    method: 'POST',
    body: form(files),
    headers,
  })
  expect(reply.status).toBe(200)
  return uploadBatchReply.parse(await reply.json()).results
}

async function listed(server: TestServer, path = '/'): Promise<string[]> {
  const reply = await server.get(`/api/v1/files?${new URLSearchParams({ path })}`)
  return filesReply.parse(await reply.json()).files.map(({ name }) => name)
}

const short = (results: UploadBatchReply['results']) =>
  results.map((one) => ('file' in one ? one.file.folder + one.file.file_name : one.code))

test('many files in one request arrive byte for byte, each in its folder, for one slot of the window', async () => {
  await using server = await startTestServer()
  const before = Number((await server.get('/api/v1/me')).headers.get('x-ratelimit-remaining'))
  const big = new Uint8Array(3_000_000).map((_, index) => index * 7)
  const files: File[] = [
    ['a.jpg', 'one'],
    ['Rome/b.jpg', 'two'],
    ['Rome/Forum/c.jpg', big],
    ['empty', ''],
    ['größe "1" \u{1f600}.txt', 'three'],
  ]
  const results = await send(server, files, { path: '/Holidays/' })
  expect(short(results)).toEqual(files.map(([path]) => `/Holidays/${path}`))
  for (const [index, [, bytes]] of files.entries()) {
    const [result] = results.slice(index)
    if (!result || !('file' in result)) throw new Error('It was refused.')
    expect(result.file.size).toBe(Buffer.from(bytes).length)
    const stored = await (await fetch(result.file.link)).bytes()
    expect(Buffer.from(bytes).equals(stored)).toBe(true)
  }
  const after = Number((await server.get('/api/v1/me')).headers.get('x-ratelimit-remaining'))
  expect(before - after).toBe(2)
  expect(await listed(server, '/Holidays/Rome/')).toEqual(['b.jpg'])
  expect(await stagedPaths(server)).toEqual([])
})

test('names that are taken get a number, the same bytes again the file that is there', async () => {
  await using server = await startTestServer()
  await server.upload({ name: 'a.txt', bytes: 'there' })
  const results = await send(server, [
    ['a.txt', 'there'],
    ['a.txt', 'new'],
    ['a.txt', 'newer'],
    ['a.txt', 'new'],
    ['b.txt', 'new'],
    ['/b.txt', 'x'],
  ])
  expect(short(results)).toEqual([
    '/a.txt',
    '/a (2).txt',
    '/a (3).txt',
    '/a (2).txt',
    '/b.txt',
    'invalid_request',
  ])
  expect(await listed(server)).toEqual(['a (2).txt', 'a (3).txt', 'a.txt', 'b.txt'])
  expect(await blobPaths(server)).toHaveLength(4)
})

test('a file that is refused costs the others nothing, and says why', async () => {
  await using server = await startTestServer({ config: { uploadMaxBytes: 10 } })
  const results = await send(server, [
    ['good', 'x'],
    ['../evil', 'x'],
    ['a/../../evil', 'x'],
    ['/etc/passwd', 'x'],
    ['a//b', 'x'],
    ['C:\\boot.ini', 'x'],
    ['folder/', 'x'],
    ['x'.repeat(256), 'x'],
    ['large', 'x'.repeat(300_000)],
    ['also good', '0123456789'],
  ])
  expect(results.map((one) => ('message' in one ? one.message : 'ok'))).toEqual([
    'ok',
    'Folder names must not be "." or "..".',
    'Folder names must not be "." or "..".',
    'Folder names must not be empty.',
    'Folder names must not be empty.',
    'File names must not contain "/" or "\\".',
    'File names must not be empty.',
    'File names must be at most 255 bytes.',
    'Files may have at most 10 bytes.',
    'ok',
  ])
  expect(await listed(server)).toEqual(['also good', 'good'])
})

test('who sends it again with its Idempotency-Key gets the first answer, and another form is refused', async () => {
  await using server = await startTestServer()
  const headers = { 'idempotency-key': 'once' }
  const files: File[] = [
    ['a', '1'],
    ['..', 'x'],
    ['b', '2'],
  ]
  const first = await send(server, files, { headers })
  expect(await send(server, files, { headers })).toEqual(first)
  const others = form([['a', 'another']])
  const refused = await server.request(batchPath, { method: 'POST', body: others, headers })
  expect(refused.status).toBe(400)
  expect(await listed(server)).toEqual(['a', 'b'])
  expect(await blobPaths(server)).toHaveLength(2)
})

test('a thousand files are one request, one more are refused with a word and none of them is kept', async () => {
  await using server = await startTestServer()
  const many = Array.from(
    { length: 1_000 },
    (_, index): File => [`d${index % 7}/${index}`, `${index}`],
  )
  const results = await send(server, many)
  expect(short(results)).toEqual(many.map(([path]) => `/${path}`))
  const over = await server.request(batchPath, {
    method: 'POST',
    body: form([...many, ['one more', 'x']].map(([path, bytes]) => [`again/${path}`, `${bytes}`])),
  })
  expect(over.status).toBe(400)
  expect(await over.json()).toMatchObject({
    code: 'invalid_request',
    message: 'One request may carry at most 1000 files. Send them in several.',
  })
  expect((await server.get('/api/v1/files?path=/again/')).status).toBe(404)
  expect(await blobPaths(server)).toHaveLength(1_000)
  expect(await stagedPaths(server)).toEqual([])
})

test('more than 64 MB are refused before they are read, and while they come without a length', async () => {
  await using server = await startTestServer()
  const half = new Uint8Array(35 * 1024 * 1024)
  const declared = await server.request(batchPath, {
    method: 'POST',
    body: form([
      ['a', half],
      ['b', half],
    ]),
  })
  expect(declared.status).toBe(413)
  async function* pieces() {
    for (const name of ['a', 'b']) {
      yield Buffer.from(`--x\r\nContent-Disposition: form-data; name=f; filename=${name}\r\n\r\n`)
      yield half
      yield Buffer.from('\r\n')
    }
    yield Buffer.from('--x--\r\n')
  }
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  const body = ReadableStream.from(pieces())
  const streaming = { method: 'POST', body, headers, duplex: 'half' } as RequestInit
  const streamed = await server.request(batchPath, streaming)
  expect(streamed.status).toBe(413)
  expect(await listed(server)).toEqual([])
  expect(await blobPaths(server)).toEqual([])
})

test('the folder is one for all blobs of a request, and what is stored has its hash', async () => {
  await using server = await startTestServer()
  const results = await send(server, [
    ['a', 'x'],
    ['b', 'y'],
    ['c', 'z'],
  ])
  const folders = new Set((await blobPaths(server)).map((path) => path.split('/').at(-2)))
  expect(folders.size).toBe(1)
  const [first] = results
  const link = first && 'file' in first ? first.file.link : ''
  const etag = (await fetch(link)).headers.get('etag') ?? ''
  expect(etag).toContain(createHash('sha256').update('x').digest('hex').slice(0, 8))
})
