import { randomUUID } from 'node:crypto'
import { cp, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { filesReply } from '#contract/files.ts'
import { uploadReply } from '#contract/uploads.ts'
import { readConfig } from '#server/core/config.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'

const files = 8

/** Names and bytes of all stored files, wherever in the data folder they are. */
async function storedBytes(dataFolder: string): Promise<string[]> {
  const entries = await readdir(dataFolder, { recursive: true, withFileTypes: true })
  const blobs = entries.filter((entry) => entry.isFile() && /^[0-9a-f-]{36}$/.test(entry.name))
  const texts = blobs.map((blob) => readFile(join(blob.parentPath, blob.name), 'utf8'))
  return (await Promise.all(texts)).sort()
}

async function uploadSome(server: TestServer, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index += 1) {
    const reply = await server.upload({ name: `${index}.txt`, bytes: `bytes of ${index}` })
    expect(reply.status).toBe(200)
  }
}

async function listed(server: TestServer) {
  const page = filesReply.parse(await (await server.get('/api/v1/files')).json())
  return page.files
}

/** What each listed link answers with. */
async function readLinks(server: TestServer): Promise<(string | number)[]> {
  const answers = (await listed(server)).map(async ({ link }) => {
    const reply = await fetch(link.replace(/^.*(?=\/share)/, server.origin))
    return reply.ok ? await reply.text() : reply.status
  })
  return await Promise.all(answers)
}

const allBytes = Array.from({ length: files }, (_, index) => `bytes of ${index}`)

async function refusal(server: TestServer): Promise<string> {
  const error = await server.start().then(
    () => null,
    (reason: Error) => reason,
  )
  expect(error?.name).toBe('ConfigError')
  expect(error?.message).not.toContain('\n')
  return error?.message ?? ''
}

const acceptCode = (said: string) => /BARKEEP_ACCEPT=([0-9a-f]{8})\.$/.exec(said)?.[1] ?? ''

type Damage = (file: string) => Promise<void>
const withoutLog: Damage = async (file) => {
  for (const log of ['-wal', '-shm']) await rm(`${file}${log}`, { force: true })
}

test.each<[string, Damage, RegExp]>([
  ['missing', (file) => rm(file), /8 stored files in \S+, but \S+ is missing; nothing was changed/],
  ['empty', (file) => writeFile(file, ''), /8 stored files in \S+, but \S+ is empty/],
  [
    'without a single table, as a copy without its log may be',
    async (file) => {
      await rm(file)
      const other = new DatabaseSync(file)
      other.exec('pragma journal_mode = wal; pragma user_version = 0')
      other.close()
    },
    /8 stored files in \S+, but \S+ is empty/,
  ],
  [
    'new',
    async (file) => {
      const old = new DatabaseSync(file)
      old.exec('delete from file')
      old.close()
    },
    /8 stored files in \S+, but \S+ knows none of them/,
  ],
])('beside a database that is %s a start refuses and touches nothing', async (...given) => {
  const [, damage, words] = given
  await using server = await startTestServer()
  await uploadSome(server, 0, files)
  await server.end()
  const file = join(server.dataFolder, 'barkeep.db')
  const kept = await readFile(file)
  await withoutLog(file)
  await damage(file)
  const said = await refusal(server)
  expect(said).toMatch(words)
  expect(await refusal(server)).toBe(said)
  expect(await storedBytes(join(server.dataFolder, 'blobs'))).toEqual(allBytes)

  // The way back.
  await withoutLog(file)
  await writeFile(file, kept)
  await server.start()
  expect(await readLinks(server)).toEqual(allBytes)
})

test('a start with another database is accepted by its code, and the way back stays open', async () => {
  await using server = await startTestServer()
  await uploadSome(server, 0, files)
  await server.end()
  const file = join(server.dataFolder, 'barkeep.db')
  await rename(file, `${file}.kept`)
  const code = acceptCode(await refusal(server))
  Object.assign(server.config, { accepted: 'ffffffff' })
  expect(acceptCode(await refusal(server))).toBe(code)
  Object.assign(server.config, { accepted: code })
  await server.start()
  expect(await storedBytes(join(server.dataFolder, 'blobs'))).toEqual([])
  expect(await storedBytes(join(server.dataFolder, 'lost+found'))).toEqual(allBytes)
  await server.end()

  // A setting that was forgotten accepts nothing else.
  await rename(`${file}.kept`, file)
  await withoutLog(file)
  await server.start()
  expect(await readLinks(server)).toEqual(allBytes)
})

test("beside yesterday's database the newer files are set aside, and come back with the newer one", async () => {
  await using server = await startTestServer()
  await uploadSome(server, 0, 3)
  await server.end()
  const file = join(server.dataFolder, 'barkeep.db')
  await cp(file, `${file}.yesterday`)
  await server.start()
  await uploadSome(server, 3, files)
  await server.end()
  await rename(file, `${file}.today`)
  await rename(`${file}.yesterday`, file)

  await server.start()
  expect(server.server.found.join()).toMatch(
    /^5 stored files that the database does not know: moved/,
  )
  expect(await readLinks(server)).toEqual(allBytes.slice(0, 3))
  expect(await storedBytes(server.dataFolder)).toEqual(allBytes)
  await server.end()
  await rename(`${file}.today`, file)
  await server.start()
  expect(server.server.found.join()).toMatch(/^5 stored files came back from \S+lost\+found\.$/)
  expect(await readLinks(server)).toEqual(allBytes)
})

test('a database that was copied while the server ran, without its log, costs no bytes', async () => {
  await using server = await startTestServer()
  await uploadSome(server, 0, files)
  const file = join(server.dataFolder, 'barkeep.db')
  await cp(file, `${file}.copy`)
  await server.end()
  await rename(`${file}.copy`, file)
  const said = await refusal(server)
  expect(said).toContain('8 stored files')
  expect(await storedBytes(server.dataFolder)).toEqual(allBytes)
})

test.each([
  ['all', 0, /Of 8 stored files that \S+ should have none is there, 8 are missing/],
  ['most', 2, /Of 8 stored files that \S+ should have 2 are there, 6 are missing/],
])('where %s folders of blobs are away a start refuses until they are back', async (...given) => {
  const [, left, words] = given
  await using server = await startTestServer()
  await uploadSome(server, 0, files)
  await server.end()
  const [blobs, away] = [join(server.dataFolder, 'blobs'), join(server.dataFolder, 'away')]
  await takeAway(blobs, away, files - left)
  expect(await refusal(server)).toMatch(words)
  expect(await refusal(server)).toMatch(words)
  await cp(away, blobs, { recursive: true })
  await rm(away, { recursive: true })
  await server.start()
  expect(server.server.found).toEqual([])
  expect(await readLinks(server)).toEqual(allBytes)
})

test('a start without the missing files is accepted once for all starts, and they come back with their folders', async () => {
  await using server = await startTestServer()
  await uploadSome(server, 0, files)
  await server.end()
  const [blobs, away] = [join(server.dataFolder, 'blobs'), join(server.dataFolder, 'away')]
  await takeAway(blobs, away, 6)
  Object.assign(server.config, { accepted: acceptCode(await refusal(server)) })
  await server.start()
  expect((await readLinks(server)).filter((answer) => answer === 503)).toHaveLength(6)
  await server.end()
  Object.assign(server.config, { accepted: null })
  await server.start()
  expect(server.server.found.join()).toMatch(
    /^6 stored files without bytes \(0 not told of before\)/,
  )
  await server.end()
  await cp(away, blobs, { recursive: true })
  await rm(away, { recursive: true })
  await server.start()
  expect(server.server.found).toEqual([])
  expect(await readLinks(server)).toEqual(allBytes)
})

test('a few files whose bytes are gone stay listed and say so, and an upload of the same brings them back', async () => {
  await using server = await startTestServer()
  await uploadSome(server, 0, files)
  const headers = { 'idempotency-key': 'k' }
  const first = await server.upload({ name: 'lost.txt', bytes: 'lost' }, { headers })
  const reply = uploadReply.parse(await first.json())
  await server.end()
  const [path = ''] = await findBlobs(server.dataFolder, 'lost')
  await rm(path)
  await server.start()
  expect(server.server.found.join()).toMatch(
    /^1 stored file without bytes \(1 not told of before\)/,
  )
  expect(await readLinks(server)).toEqual([...allBytes, 503])
  const names = (await listed(server)).map(({ name }) => name)

  // Also where the answer is one that was kept.
  const again = await server.upload({ name: 'lost.txt', bytes: 'lost' }, { headers })
  expect(uploadReply.parse(await again.json()).tracking_id).toBe(reply.tracking_id)
  expect(await readLinks(server)).toEqual([...allBytes, 'lost'])
  await rm(path)
  await server.upload({ name: 'lost.txt', bytes: 'lost' })
  expect(await readLinks(server)).toEqual([...allBytes, 'lost'])
  expect((await listed(server)).map(({ name }) => name)).toEqual(names)
})

test("another data folder's database is refused, also where it knows of files", async () => {
  await using server = await startTestServer()
  await using other = await startTestServer()
  await uploadSome(server, 0, files)
  await other.upload({ name: 'other.txt', bytes: 'other' })
  await server.end()
  await other.end()
  await cp(join(other.dataFolder, 'barkeep.db'), join(server.dataFolder, 'barkeep.db'))
  const said = await refusal(server)
  expect(said).toMatch(/barkeep\.db belongs to other stored files than those in \S+blobs/)
  expect(await storedBytes(join(server.dataFolder, 'blobs'))).toEqual(allBytes)
  Object.assign(server.config, { accepted: acceptCode(said) })
  await server.start()
  Object.assign(server.config, { accepted: null })
  await server.restart()
  const page = await server.get('/api/v1/files', { key: other.key })
  const [file] = filesReply.parse(await page.json()).files
  const link = file?.link.replace(/^.*(?=\/share)/, server.origin) ?? ''
  expect((await fetch(link)).status).toBe(503)
  expect(await storedBytes(join(server.dataFolder, 'lost+found'))).toEqual(allBytes)
})

test('blobs without a mark of their own get one at the next start', async () => {
  await using server = await startTestServer()
  await uploadSome(server, 0, 1)
  await server.end()
  const blobs = join(server.dataFolder, 'blobs')
  const marks = async () => (await readdir(blobs)).filter((name) => name.startsWith('.store-'))
  const [mark = ''] = await marks()
  await rm(join(blobs, mark), { recursive: true })
  await server.start()
  expect(await marks()).toEqual([mark])
})

test('what was never acknowledged is deleted after a week, and nothing else ever', async () => {
  const clock = { ms: Date.now(), now: () => clock.ms, monotonic: () => performance.now() }
  await using server = await startTestServer({ dependencies: { clock } })
  await uploadSome(server, 0, 1)
  await server.end()
  const lost = join(server.dataFolder, 'lost+found')
  const day = new Date(clock.ms).toISOString().slice(0, 10)
  for (const folder of [day, `${day}-unfinished`, 'of the owner']) {
    await mkdir(join(lost, folder), { recursive: true })
    await writeFile(join(lost, folder, 'x'), '')
  }
  for (const days of [-30, 6, 2]) {
    clock.ms += days * 86_400_000
    await server.start()
    await server.end()
    // A clock that goes back, and less than a week: all is there.
    if (days !== 2) expect(await readdir(lost)).toHaveLength(3)
    if (days === -30) clock.ms += 30 * 86_400_000
  }
  expect((await readdir(lost)).sort()).toEqual([day, 'of the owner'])
})

test('an upload that was in its place but not listed when the server ended is told from the rest', async () => {
  await using server = await startTestServer()
  await uploadSome(server, 0, 1)
  await server.end()
  const [path = ''] = await findBlobs(server.dataFolder, 'bytes of 0')
  const [staged, unlisted] = [
    `${randomUUID()}.part`,
    `${basename(path).slice(0, 2)}${randomUUID().slice(2)}`,
  ]
  await writeFile(join(server.dataFolder, 'staging', staged), 'unlisted')
  await link(join(server.dataFolder, 'staging', staged), join(dirname(path), unlisted))
  await server.start()
  expect(server.server.found.join()).toMatch(/^1 stored file of uploads that had no answer yet: in/)
  const [day = ''] = await readdir(join(server.dataFolder, 'lost+found'))
  expect(day).toMatch(/^\d{4}-\d{2}-\d{2}-unfinished$/)
  expect(await storedBytes(join(server.dataFolder, 'lost+found', day))).toEqual(['unlisted'])
})

test('the code is one setting among the others', () => {
  expect(readConfig({ BARKEEP_ACCEPT: '0123abcd' }).accepted).toBe('0123abcd')
  expect(() => readConfig({ BARKEEP_ACCEPT: 'yes' })).toThrow(/^BARKEEP_ACCEPT .* "yes"\.$/)
})

/** Moves `count` blobs elsewhere, with their folders. */
async function takeAway(blobs: string, away: string, count: number): Promise<void> {
  const found = (await readdir(blobs, { recursive: true })).filter((path) => blobPath.test(path))
  for (const path of found.slice(0, count)) {
    await mkdir(dirname(join(away, path)), { recursive: true })
    await rename(join(blobs, path), join(away, path))
  }
  if (count === files) await rm(blobs, { recursive: true })
}

const blobPath = /^[0-9a-f]{2}\/[0-9a-f-]{36}$/

async function findBlobs(dataFolder: string, bytes: string): Promise<string[]> {
  const options = { recursive: true, withFileTypes: true } as const
  const found: string[] = []
  for (const entry of await readdir(join(dataFolder, 'blobs'), options)) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && (await readFile(path, 'utf8')) === bytes) found.push(path)
  }
  return found
}
