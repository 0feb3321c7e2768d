import { once } from 'node:events'
import {
  chmod,
  mkdtempDisposable,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test, vi } from 'vitest'
import { filesReply } from '#contract/files.ts'
import { databaseFile } from '#server/storage/sqlite/open-sqlite.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'

const freshFolder = () => mkdtempDisposable(join(tmpdir(), 'barkeep-main-'))

/** Starts a server that must not start; resolves with what it said on the way out. */
async function refusedStart(settings: Record<string, string>): Promise<string> {
  await using server = startServerProcess(settings, { isWatched: false })
  await expect(server.origin).rejects.toThrow('The server ended with 2')
  expect(server.output().stdout).toBe('')
  return server.output().stderr
}

test('the first start tells how to sign in, the second does not, and both end cleanly', async () => {
  await using folder = await freshFolder()
  const settings = { BARKEEP_DATA: join(folder.path, 'made/by/the/server') }
  let key = ''
  for (const isFirst of [true, false]) {
    await using server = startServerProcess(settings)
    const origin = await server.origin
    if (isFirst) key = await server.firstKey
    expect(server.output().stdout.includes('first-sign-in.txt')).toBe(isFirst)
    const reply = await fetch(`${origin}/api/v1/me`, {
      headers: { authorization: `Bearer ${key}` },
    })
    expect(await reply.json()).toMatchObject({ username: 'owner', plan: 'pro' })
    expect(await server.end(isFirst ? 'SIGINT' : 'SIGTERM')).toBe(0)
  }
})

// `core/config.test.ts` has them all: here is how the process ends.
test.concurrent.each([
  ['PORT', 'http'],
  ['BARKEEP_METRICS', '203.0.113.7:9400'],
  ['HOST', '203.0.113.7'],
  ['HOST', 'no-such-host.invalid'],
])('%s=%s is one clear line and exit code 2', async (name, value) => {
  await using folder = await freshFolder()
  const said = await refusedStart({ BARKEEP_DATA: folder.path, [name]: value })
  expect(said).toMatch(/^[^\n]+\n$/)
  expect(said).toContain(name)
  expect(said).toContain(value)
})

test('where the disk of the stored files is away nothing is forgotten, and all is there once it is back', async () => {
  await using folder = await freshFolder()
  const settings = { BARKEEP_DATA: folder.path }
  const headers = { authorization: '' }
  {
    await using server = startServerProcess(settings)
    headers.authorization = `Bearer ${await server.firstKey}`
    const url = `${await server.origin}/api/v1/upload?filename=a.txt`
    expect((await fetch(url, { method: 'POST', headers, body: 'kept' })).status).toBe(200)
    await server.end('SIGTERM')
  }
  const [blobs, away] = [join(folder.path, 'blobs'), join(folder.path, 'away')]
  await rename(blobs, away)
  expect(await refusedStart(settings)).toMatch(
    /^Of 1 stored file that \S+blobs should have none is there, [^\n]*BARKEEP_ACCEPT=\w+\.\n$/,
  )
  await rm(blobs, { recursive: true })
  await rename(away, blobs)
  await using server = startServerProcess(settings)
  const listing = await fetch(`${await server.origin}/api/v1/files`, { headers })
  const { files } = filesReply.parse(await listing.json())
  expect(await (await fetch(files[0]?.link ?? '')).text()).toBe('kept')
})

test('a port that is in use is one clear line, and gives no password away unseen', async () => {
  await using folder = await freshFolder()
  const other = createServer()
  await once(other.listen(0, '127.0.0.1'), 'listening')
  const { port } = other.address() as AddressInfo
  const settings = { BARKEEP_DATA: folder.path, PORT: String(port) }
  expect(await refusedStart(settings)).toMatch(new RegExp(`^Port ${port} .* in use\\..*\\n$`))
  await once(other.close(), 'close')
  await using server = startServerProcess(settings)
  expect(await server.firstKey).toContain('csb_live_')
})

test('metrics on a port that is in use are one clear line, and change nothing', async () => {
  await using folder = await freshFolder()
  const other = createServer()
  await once(other.listen(0, '127.0.0.1'), 'listening')
  const { port } = other.address() as AddressInfo
  const settings = { BARKEEP_DATA: folder.path, BARKEEP_METRICS: String(port) }
  expect(await refusedStart(settings)).toMatch(/^BARKEEP_METRICS: [^\n]*EADDRINUSE[^\n]*\n$/)
  await once(other.close(), 'close')
  await using server = startServerProcess(settings)
  expect(await server.firstKey).toContain('csb_live_')
  expect(server.output().stdout).toContain(`Its metrics are at http://127.0.0.1:${port}/metrics\n`)
})

test('each line of the log says which server wrote it', async () => {
  await using folder = await freshFolder()
  for (const [name, expected] of [
    ['', /^[\w.-]+:\d+$/],
    ['bar-2', /^bar-2$/],
  ] as const) {
    await using server = startServerProcess({
      ...{ BARKEEP_DATA: folder.path, BARKEEP_SERVER_NAME: name },
    })
    await fetch(`${await server.origin}/api/v1/me`)
    expect(await server.end('SIGTERM')).toBe(0)
    const lines = server.output().stderr.trim().split('\n')
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) expect(JSON.parse(line).server).toMatch(expected)
  }
})

test('a data folder that cannot be one is one clear line', async () => {
  await using folder = await freshFolder()
  const file = join(folder.path, 'file')
  await writeFile(file, '')
  expect(await refusedStart({ BARKEEP_DATA: file })).toMatch(
    /^The data folder .* cannot be used .*\n$/,
  )
  expect(await refusedStart({ BARKEEP_DATA: join(file, 'below') })).toContain('BARKEEP_DATA')
})

test('a place where nobody may write is one clear line', async () => {
  expect(await refusedStart({ BARKEEP_DATA: '/proc/barkeep' })).toContain('Make it writable')
})

test('data of a newer version is refused and not touched', async () => {
  await using folder = await freshFolder()
  const file = databaseFile(folder.path)
  const newer = new DatabaseSync(file)
  newer.exec('pragma journal_mode = wal; create table tomorrow (x); pragma user_version = 999')
  newer.close()
  const before = await readFile(file)
  const said = await refusedStart({ BARKEEP_DATA: folder.path })
  expect(said).toMatch(/^[^\n]*newer version[^\n]*\n$/)
  expect(await readFile(file)).toEqual(before)
})

test('nobody but its owner reads the database, also one that was readable before', async () => {
  await using folder = await freshFolder()
  const file = databaseFile(folder.path)
  const modes = async () => {
    const names = (await readdir(folder.path)).filter((name) => name.startsWith('barkeep.db'))
    expect(names.length).toBeGreaterThan(1)
    return await Promise.all(
      names.map(async (name) => (await stat(join(folder.path, name))).mode & 0o777),
    )
  }
  for (const _start of ['first', 'second']) {
    await using server = startServerProcess({ BARKEEP_DATA: folder.path })
    await server.origin
    expect(new Set(await modes())).toEqual(new Set([0o600]))
    expect(await server.end('SIGTERM')).toBe(0)
    await chmod(file, 0o644)
  }
})

test('two servers never share a data folder, but one that was killed leaves it free', async () => {
  await using folder = await freshFolder()
  const settings = { BARKEEP_DATA: folder.path }
  await using first = startServerProcess(settings)
  await first.origin
  expect(await refusedStart(settings)).toMatch(/^Another Barkeep server runs on .*\n$/)
  await first.end('SIGKILL')
  await using second = startServerProcess(settings)
  expect(await second.origin).toContain('http://')
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  'a second %s ends the server at once although an upload runs',
  async (signal) => {
    await using folder = await freshFolder()
    await using server = startServerProcess({ BARKEEP_DATA: folder.path })
    const { hostname, port } = new URL(await server.origin)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(
      `POST /api/v1/upload?filename=a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${await server.firstKey}\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n`,
    )
    // The go-ahead: from here on the upload runs.
    await once(socket, 'data')
    server.child.kill(signal)
    // It says so once it waits, and by then another signal is no echo of the first.
    await vi.waitFor(() => expect(server.output().stdout).toContain('Waiting up to'), 30_000)
    // At the end of the grace it would be 0.
    expect(await server.end(signal)).toBe(130)
  },
)

test('an upload that ends within the grace is kept when the server is told to end', async () => {
  await using folder = await freshFolder()
  await using server = startServerProcess({ BARKEEP_DATA: folder.path })
  const { hostname, port } = new URL(await server.origin)
  const socket = connect(Number(port), hostname)
  socket.write(
    `POST /api/v1/upload?filename=a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${await server.firstKey}\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
  )
  await once(socket, 'data')
  const end = server.end('SIGTERM')
  socket.write('hello')
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toContain('200 OK')
  expect(await end).toBe(0)
})
