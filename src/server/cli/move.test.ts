import { mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { systemClock } from '#server/core/clock.ts'
import { readConfig } from '#server/core/config.ts'
import { deriveCookiesKey, readOrMakeCookiesKey } from '#server/imports/cookies/cookies-key.ts'
import { createSiteCookies } from '#server/imports/cookies/site-cookies-repository.ts'
import type { Database } from '#server/storage/database.ts'
import { openPostgres } from '#server/storage/postgres/open-postgres.ts'
import { readSharedSecret } from '#server/storage/postgres/shared-settings.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { bucketEnvironment, testBucketConfig } from '#server/testing/test-bucket.ts'
import { emptyTestDatabase } from '#server/testing/test-postgres.ts'
import { openBeside } from '#server/testing/test-store.ts'
import { runCli } from './run-cli.ts'

// Real engines, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 })

const cookies = '# Netscape HTTP Cookie File\n.a.example\tTRUE\t/\tFALSE\t2000000000\tsid\t1\n'

/** What holds on every server that has the same rows and bytes. */
async function lookAround(server: TestServer, key: string): Promise<unknown> {
  const get = async (path: string) => (await server.get(path, { key })).json()
  const files = (await get('/api/v1/files?path=/deep/')) as { files: { link: string }[] }
  const at = manageClient(server, { key })
  return {
    username: ((await get('/api/v1/me')) as { username: string }).username,
    tree: await get('/api/v1/folders'),
    names: await at.list('/deep/'),
    bytes: await Promise.all(files.files.map(({ link }) => at.open(link))),
    trash: (await at.trash()).items.map(({ path }) => path),
    cookies: await get('/api/v1/import/cookies'),
  }
}

/** What yt-dlp would be given for the site. */
function signInText(database: Database, key: Buffer): Promise<string | null> {
  const site = createSiteCookies({
    ...{ database, clock: systemClock, log: { warn() {} } },
    readCookiesKey: async () => key,
  })
  return site.textFor('user-owner', new URL('https://a.example/'))
}

const run = (words: string[], env: Record<string, string>, lines: string[] = []) =>
  runCli(
    words,
    (instead) => readConfig({ ...env, ...instead }),
    (line) => void lines.push(line),
  )

test('a data folder moves to PostgreSQL and a bucket, and back into a folder', async () => {
  await using server = await startTestServer()
  const at = manageClient(server)
  await at.upload('/deep/ä.txt', 'first')
  await at.upload('/deep/empty.txt', '')
  await at.upload('/deep/gone.txt', 'in the trash')
  await at.delete(['/deep/gone.txt'])
  expect((await at.post('import/cookies', { site: 'a.example', cookies })).status).toBe(200)
  const before = await lookAround(server, server.key)
  await server.end()
  const files = (await readdir(server.dataFolder, { recursive: true })).toSorted()

  await using database = await emptyTestDatabase()
  const bucket = bucketEnvironment(await testBucketConfig())
  const env = { BARKEEP_DATA: server.dataFolder, ...bucket }
  const { BARKEEP_S3_BUCKET: name = '' } = bucket
  const lines: string[] = []
  const there = ['move', '--to-database', database.url, '--to-bucket', name]
  expect(await run(there, env, lines)).toEqual({
    ...{ exitCode: 0, stderr: '' },
    stdout: expect.stringMatching(
      /^Moved 3 stored files \(0\.0 MB\), 1 account, 1 key, 1 folder, 3 files .*\.\n$/,
    ),
  })
  expect(lines).toContain('file: 3 rows')
  // Only read: a lock was taken, and nothing else came.
  expect((await readdir(server.dataFolder, { recursive: true })).toSorted()).toEqual(files)
  expect(await run(there, env)).toMatchObject({
    ...{ exitCode: 1, stderr: expect.stringContaining('accounts already') },
  })

  const shared = { ...bucket, BARKEEP_DATABASE_URL: database.url }
  await using scratch = await mkdtempDisposable(join(tmpdir(), 'barkeep-move-'))
  const config = readConfig({
    ...{ ...shared, BARKEEP_PUBLIC_URL: 'https://files.example', PORT: '0' },
    ...{ BARKEEP_DATA: join(scratch.path, 'a'), BARKEEP_LOG_LEVEL: 'silent' },
  })
  {
    const rows = await openPostgres({ url: database.url, maxConnections: 1 })
    await using _rows = { [Symbol.asyncDispose]: () => rows.destroy() }
    const secret = await readSharedSecret(rows)
    expect(secret).toBe(await readFile(join(server.dataFolder, 'session-secret'), 'utf8'))
    expect(await signInText(rows, deriveCookiesKey(secret))).toContain('sid')
  }
  {
    await using several = await startTestServer({ config })
    expect(await lookAround(several, server.key)).toEqual(before)
  }
  const folder = join(scratch.path, 'b')
  expect(await run(['move', '--to-folder', folder], shared)).toMatchObject({ exitCode: 0 })
  await using again = await startTestServer({ config: { dataFolder: folder } })
  expect(await lookAround(again, server.key)).toEqual(before)
  expect(again.server.found).toEqual([])
  const rows = await openBeside({ dataFolder: folder })
  await using _rows = { [Symbol.asyncDispose]: () => rows.destroy() }
  expect(await signInText(rows, await readOrMakeCookiesKey(folder))).toContain('sid')
})

test('a move that cannot be says so in one line, and changes nothing', async () => {
  await using server = await startTestServer()
  await using database = await emptyTestDatabase()
  const bucket = bucketEnvironment(await testBucketConfig())
  const { BARKEEP_S3_BUCKET: name = '' } = bucket
  const env = { BARKEEP_DATA: server.dataFolder, ...bucket }
  const there = ['move', '--to-database', database.url, '--to-bucket', name]
  await using other = await mkdtempDisposable(join(tmpdir(), 'barkeep-move-'))
  const refusal = async (words: string[], more: Record<string, string> = {}) => {
    const { exitCode, stdout, stderr } = await run(words, { ...env, ...more })
    expect([stdout, stderr.split('\n').length]).toEqual(['', 2])
    return [exitCode, stderr.trim()]
  }
  expect(await refusal(there)).toEqual([
    ...[2, expect.stringContaining('Another Barkeep server runs on')],
  ])
  await server.end()
  expect(await refusal(['move'])).toEqual([2, expect.stringContaining('--to-folder')])
  expect(await refusal([...there, '--to-folder', other.path])).toEqual([2, expect.any(String)])
  expect(await refusal(there.slice(0, 3), { BARKEEP_S3_BUCKET: '' })).toEqual([
    ...[2, expect.stringContaining('BARKEEP_S3_BUCKET')],
  ])
  expect(await refusal(there, { BARKEEP_DATA: other.path })).toEqual([
    ...[1, expect.stringContaining('holds no Barkeep data')],
  ])
  expect(await refusal([...there.slice(0, 4), 'no-such-bucket'])).toEqual([
    ...[2, expect.stringContaining('no-such-bucket')],
  ])
  await writeFile(join(other.path, 'barkeep.db'), 'something')
  expect(
    await refusal(['move', '--to-folder', other.path], { BARKEEP_DATABASE_URL: database.url }),
  ).toEqual([1, expect.stringContaining('holds Barkeep data already')])
})
