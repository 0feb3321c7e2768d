import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { filesReply } from '#contract/files.ts'
import { readConfig } from '#server/core/config.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import {
  acceptCode,
  allBytes,
  files,
  readLinks,
  refusal,
  storedBytes,
  uploadSome,
} from '#server/testing/stored-files.ts'

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

test('the code is one setting among the others', () => {
  expect(readConfig({ BARKEEP_ACCEPT: '0123abcd' }).accepted).toBe('0123abcd')
  expect(() => readConfig({ BARKEEP_ACCEPT: 'yes' })).toThrow(/^BARKEEP_ACCEPT .* "yes"\.$/)
})
