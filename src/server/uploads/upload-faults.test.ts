import { once } from 'node:events'
import { connect } from 'node:net'
import { constants } from 'node:os'
import { dirname } from 'node:path'
import { getSystemErrorName } from 'node:util'
import { expect, test, vi } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { type Disk, systemDisk, type WritableFile } from '#server/storage/disk/disk.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { sendRaw } from '#server/testing/test-raw-request.ts'
import { blobPaths, holdDatabase, stagedPaths } from '#server/testing/test-store.ts'

/** Every file that the server keeps of uploads, listed or not. */
async function storedFiles(server: TestServer): Promise<string[]> {
  return [...(await blobPaths(server)), ...(await stagedPaths(server))]
}

async function listedNames(server: TestServer): Promise<string[]> {
  const reply = (await (await server.get('/api/v1/files')).json()) as { files: { name: string }[] }
  return reply.files.map((file) => file.name)
}

async function expectNothingLeft(server: TestServer): Promise<void> {
  await vi.waitFor(async () => expect(await storedFiles(server)).toEqual([]), { timeout: 30_000 })
  expect(await listedNames(server)).toEqual([])
}

function uploadHead(server: TestServer, lines: string[]): string {
  return [
    'POST /api/v1/upload?filename=a.bin HTTP/1.1',
    'Host: a',
    `Authorization: Bearer ${server.key}`,
    ...lines,
    '\r\n',
  ].join('\r\n')
}

/** What Node throws for it: some of the system's errors have no name there. */
function failure(name: string): Error {
  const errno = -((constants.errno as Record<string, number>)[name] ?? 0)
  const code = getSystemErrorName(errno)
  return Object.assign(new Error(`${name}: of the test`), { errno, code, syscall: 'write' })
}

/** A disk that works until `breaks` is set to what then fails. */
function breakableDisk() {
  const state: { breaks: keyof Disk | 'write' | 'datasync' | 'sync' | null; code: string } = {
    breaks: null,
    code: 'EIO',
  }
  const maybeBreak = (what: typeof state.breaks) => {
    if (state.breaks === what) throw failure(state.code)
  }
  const disk: Disk = {
    async create(path) {
      maybeBreak('create')
      const file = await systemDisk.create(path)
      const breakable: WritableFile = {
        writev: (async (...args: Parameters<WritableFile['writev']>) => {
          maybeBreak('write')
          return await file.writev(...args)
        }) as WritableFile['writev'],
        async datasync() {
          maybeBreak('datasync')
          await file.datasync()
        },
        async sync() {
          maybeBreak('sync')
          await file.sync()
        },
        [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
      }
      return breakable
    },
    openAgain: systemDisk.openAgain,
    async syncFolder(folder) {
      maybeBreak('syncFolder')
      await systemDisk.syncFolder(folder)
    },
    freeBytes: async (folder) =>
      state.breaks === 'freeBytes' ? 1_000_000 : systemDisk.freeBytes(folder),
    totalBytes: systemDisk.totalBytes,
  }
  return { disk, state }
}

test.each([
  ['create', 'ENOSPC'],
  ['create', 'EMFILE'],
  ['create', 'EROFS'],
  ['create', 'EACCES'],
  ['create', 'EPERM'],
  ['create', 'ESTALE'],
  ['write', 'ENOTCONN'],
  ['write', 'ETIMEDOUT'],
  ['sync', 'EBUSY'],
  ['syncFolder', 'EMLINK'],
  ['write', 'ENOSPC'],
  ['write', 'EDQUOT'],
  ['write', 'EIO'],
  ['datasync', 'EIO'],
  ['sync', 'EIO'],
  ['sync', 'ENOSPC'],
  ['syncFolder', 'EIO'],
  ['freeBytes', 'a nearly full disk'],
] as const)(
  'when %s fails with %s an upload is told unavailable, and the next one works',
  async (breaks, code) => {
    const { disk, state } = breakableDisk()
    await using server = await startTestServer({ dependencies: { disk } })
    Object.assign(state, { breaks, code })
    // Large enough for the disk to be asked to begin before the end.
    const size = breaks === 'datasync' ? 70_000_000 : 100_000
    const refused = await server.upload({ name: 'a.bin', bytes: new Uint8Array(size) })
    expect(refused.status).toBe(503)
    expect(errorReply.parse(await refused.json()).code).toBe('unavailable')
    await expectNothingLeft(server)

    state.breaks = null
    expect((await server.upload({ name: 'a.bin', bytes: 'x' })).status).toBe(200)
    expect(await listedNames(server)).toEqual(['a.bin'])
  },
)

test.each(['create', 'write', 'sync', 'syncFolder', 'freeBytes'] as const)(
  'when %s fails none of the files of one request is kept, and the next one works',
  async (breaks) => {
    const { disk, state } = breakableDisk()
    await using server = await startTestServer({ dependencies: { disk } })
    const body = new FormData()
    for (const name of ['a', 'b', 'c']) body.append('file', new Blob([name]), name)
    const send = () => server.request('/api/v1/upload/batch', { method: 'POST', body })
    state.breaks = breaks
    const refused = await send()
    expect(refused.status).toBe(503)
    expect(errorReply.parse(await refused.json()).code).toBe('unavailable')
    await expectNothingLeft(server)

    state.breaks = null
    expect((await send()).status).toBe(200)
    expect(await listedNames(server)).toEqual(['a', 'b', 'c'])
  },
)

test('a small disk keeps a part of itself free, not all of it', async () => {
  const disk: Disk = {
    ...systemDisk,
    totalBytes: async () => 64_000_000,
    freeBytes: async () => 40_000_000,
  }
  await using server = await startTestServer({ dependencies: { disk } })
  const tooMuch = await sendRaw(server.origin, uploadHead(server, ['Content-Length: 36000001']))
  expect(tooMuch.status).toBe(503)
  expect((await server.upload({ name: 'a.bin', bytes: 'x' })).status).toBe(200)
})

test('while another process holds the database an upload is told unavailable and reading goes on', async () => {
  await using server = await startTestServer()
  const held = holdDatabase(server)
  const upload = server.upload({ name: 'a.bin', bytes: 'x' })
  expect((await server.get('/api/v1/files')).status).toBe(200)
  const refused = await upload
  expect(refused.status).toBe(503)
  expect(errorReply.parse(await refused.json()).code).toBe('unavailable')
  held[Symbol.dispose]()
  await expectNothingLeft(server)
  expect((await server.upload({ name: 'a.bin', bytes: 'x' })).status).toBe(200)
})

test('while another process holds the database none of the files of one request is kept', async () => {
  await using server = await startTestServer()
  const held = holdDatabase(server)
  const body = new FormData()
  for (const name of ['a', 'b']) body.append('file', new Blob([name]), name)
  const send = () => server.request('/api/v1/upload/batch', { method: 'POST', body })
  expect((await send()).status).toBe(503)
  held[Symbol.dispose]()
  await expectNothingLeft(server)
  expect((await send()).status).toBe(200)
})

test('a database that is free again in time costs an upload nothing but the wait', async () => {
  await using server = await startTestServer()
  await server.get('/api/v1/me')
  const held = holdDatabase(server)
  const upload = server.upload({ name: 'a.bin', bytes: 'x' })
  await vi.waitFor(async () => expect(await blobPaths(server)).toHaveLength(1), 30_000)
  held[Symbol.dispose]()
  expect((await upload).status).toBe(200)
})

test('a body that is declared too large is refused before a byte of it is sent', async () => {
  await using server = await startTestServer({ config: { uploadMaxBytes: 10 } })
  const reply = await sendRaw(server.origin, uploadHead(server, ['Content-Length: 11']))
  expect(reply.status).toBe(413)
  expect(errorReply.parse(JSON.parse(reply.body)).code).toBe('payload_too_large')
  expect((await server.upload({ name: 'a', bytes: '0123456789' })).status).toBe(200)
})

test('a body that grows too large without a length is refused while it streams', async () => {
  await using server = await startTestServer({ config: { uploadMaxBytes: 10 } })
  const head = uploadHead(server, ['Transfer-Encoding: chunked'])
  const reply = await sendRaw(server.origin, `${head}b\r\n01234567890\r\n`)
  expect(reply.status).toBe(413)
  await expectNothingLeft(server)
})

test('the refusal of a large body arrives although the client sends all of it', async () => {
  await using server = await startTestServer({ config: { uploadMaxBytes: 10 } })
  for (let round = 0; round < 5; round += 1) {
    const reply = await server.upload({ name: 'a', bytes: 'x'.repeat(20_000_000) })
    expect(reply.status).toBe(413)
  }
})

test.each([
  ['Content-Length: 100', 'hello'],
  ['Transfer-Encoding: chunked', '5\r\nhello\r\n'],
])('a client that vanishes with %s leaves nothing', async (header, body) => {
  await using server = await startTestServer()
  const { hostname, port } = new URL(server.origin)
  const socket = connect(Number(port), hostname)
  socket.write(uploadHead(server, [header]) + body)
  await vi.waitFor(async () => expect(await storedFiles(server)).toHaveLength(1), 30_000)
  socket.destroy()
  await expectNothingLeft(server)
})

test('a client that ends its side before the whole body leaves nothing', async () => {
  await using server = await startTestServer()
  const { hostname, port } = new URL(server.origin)
  const socket = connect(Number(port), hostname)
  socket.end(`${uploadHead(server, ['Content-Length: 100'])}hello`)
  socket.resume()
  await once(socket, 'close')
  await expectNothingLeft(server)
})

test('a client that says nothing for 30 seconds is cut off, and told that it may send it again', async () => {
  const clock = { ms: 0, now: () => Date.now(), monotonic: () => clock.ms }
  await using server = await startTestServer({ dependencies: { clock } })
  const half = `${uploadHead(server, ['Content-Length: 60000'])}${'x'.repeat(20_000)}`
  const answer = sendRaw(server.origin, half)
  await vi.waitFor(async () => expect(await storedFiles(server)).toHaveLength(1), 30_000)
  clock.ms += 30_001
  const reply = await answer
  expect(reply.status).toBe(503)
  const told = errorReply.parse(JSON.parse(reply.body))
  expect(told.code).toBe('unavailable')
  expect(told.message).toContain('stood still for 30 seconds')
  expect(told.message).toContain('Send it again')
  await expectNothingLeft(server)
})

test('a client that is neither idle nor too slow is not cut off', async () => {
  const clock = { ms: 0, now: () => Date.now(), monotonic: () => clock.ms }
  await using server = await startTestServer({ dependencies: { clock } })
  const { hostname, port } = new URL(server.origin)
  const socket = connect(Number(port), hostname)
  socket.write(`${uploadHead(server, ['Content-Length: 90000'])}${'x'.repeat(80_000)}`)
  await vi.waitFor(async () => expect(await storedFiles(server)).toHaveLength(1), 30_000)
  clock.ms += 29_000
  socket.write('x'.repeat(10_000))
  const [first] = await once(socket, 'data')
  expect(String(first)).toContain('200 OK')
  socket.destroy()
})

test('an upload is neither listed nor answered before its bytes and its folder are on the disk', async () => {
  const steps: string[] = []
  const atFolder = Promise.withResolvers<void>()
  const mayGoOn = Promise.withResolvers<void>()
  const disk: Disk = {
    ...systemDisk,
    async create(path) {
      const file = await systemDisk.create(path)
      return {
        writev: file.writev.bind(file),
        datasync: file.datasync.bind(file),
        async sync() {
          await file.sync()
          steps.push('file synced')
        },
        [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
      }
    },
    async syncFolder(folder) {
      // Before it comes the one that the new subfolder is in.
      if (dirname(folder).endsWith('blobs')) {
        atFolder.resolve()
        await mayGoOn.promise
      }
      await systemDisk.syncFolder(folder)
      steps.push('folder synced')
    },
  }
  await using server = await startTestServer({ dependencies: { disk } })
  steps.length = 0
  const upload = server.upload({ name: 'a.bin', bytes: 'x' }).then((reply) => {
    steps.push('answered')
    return reply
  })
  await atFolder.promise
  expect(await listedNames(server)).toEqual([])
  mayGoOn.resolve()
  expect((await upload).status).toBe(200)
  expect(steps).toEqual(['file synced', 'folder synced', 'folder synced', 'answered'])
  expect(await listedNames(server)).toEqual(['a.bin'])
})

test('no file is put into a new folder of blobs before that folder is on the disk', async () => {
  const mayGoOn = Promise.withResolvers<void>()
  let hasStarted = false
  let filesPut = 0
  const disk: Disk = {
    ...systemDisk,
    async syncFolder(folder) {
      if (hasStarted && folder.endsWith('blobs')) await mayGoOn.promise
      if (dirname(folder).endsWith('blobs')) filesPut += 1
      await systemDisk.syncFolder(folder)
    },
  }
  await using server = await startTestServer({ config: { rateLimit: 100 }, dependencies: { disk } })
  hasStarted = true
  // Of so many some share one of the 256 folders.
  const uploads = Array.from({ length: 80 }, (_, index) =>
    server.upload({ name: `${index}`, bytes: `${index}` }),
  )
  await vi.waitFor(async () => expect(await storedFiles(server)).toHaveLength(80), {
    timeout: 20_000,
  })
  expect(filesPut).toBe(0)
  mayGoOn.resolve()
  const answers = await Promise.all(uploads)
  expect(new Set(answers.map((reply) => reply.status))).toEqual(new Set([200]))
})
