import { randomUUID } from 'node:crypto'
import { cp, link, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { uploadReply } from '#contract/uploads.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import {
  acceptCode,
  allBytes,
  files,
  findBlobs,
  listed,
  readLinks,
  refusal,
  storedBytes,
  takeAway,
  uploadSome,
} from '#server/testing/stored-files.ts'

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
