import { rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { findBlobs } from '#server/testing/stored-files.ts'
import { testBucketConfig } from '#server/testing/test-bucket.ts'
import { type CliOutcome, runCli } from './run-cli.ts'

const check = (server: TestServer, ...more: string[]): Promise<CliOutcome> =>
  runCli(['check', ...more], () => server.config)

test('a check of a data folder finds what is missing, damaged and nobody’s, and mends nothing', async () => {
  await using server = await startTestServer()
  const texts = ['gone', 'short', 'damaged', 'well']
  for (const text of texts) await server.upload({ name: `${text}.txt`, bytes: `bytes of ${text}` })
  const well = { exitCode: 0, stderr: '', stdout: '4 files, 4 stored (56 bytes): all is well.\n' }
  expect(await check(server)).toEqual(well)
  expect(await check(server, '--deep')).toEqual(well)

  const pathOf = async (text: string) =>
    (await findBlobs(server.dataFolder, `bytes of ${text}`))[0] ?? ''
  const [gone, short, damaged] = await Promise.all(texts.slice(0, 3).map(pathOf))
  await rm(gone ?? '')
  await writeFile(short ?? '', 'bytes')
  await writeFile(damaged ?? '', 'bytes of DAMAGED')
  const orphan = `${dirname(damaged ?? '').slice(-2)}345678-1234-4234-8234-123456789abc`
  await writeFile(join(dirname(damaged ?? ''), orphan), 'nobody')
  const shallow = await check(server)
  expect(shallow.exitCode).toBe(1)
  expect(shallow.stdout).toMatch(/"gone.txt" of owner is missing \(blob /)
  expect(shallow.stdout).toMatch(/"short.txt" of owner has 5 bytes where 14 were stored/)
  expect(shallow.stdout).toContain(`6 bytes belong to no file (blob ${orphan})`)
  expect(shallow.stdout).toMatch(/\n4 files, 4 stored \(56 bytes\): 3 problems\.\n$/)
  const deep = await check(server, '--deep')
  expect(deep.stdout).toMatch(/"damaged.txt" of owner has the SHA-256 \w+ where \w+ was stored/)
  expect(await check(server)).toEqual(shallow)
  expect(await check(server, 'deep')).toMatchObject({ exitCode: 2, stdout: '' })
})

test('a check of a bucket does the same', async () => {
  const bucket = await testBucketConfig()
  await using server = await startTestServer({ config: { bucket } })
  await server.upload({ name: 'well.txt', bytes: 'bytes of well' })
  const stdout = '1 file, 1 stored (13 bytes): all is well.\n'
  expect(await check(server, '--deep')).toEqual({ exitCode: 0, stderr: '', stdout })
  const elsewhere = { ...bucket, prefix: `${bucket.prefix}other/` }
  expect(await runCli(['check'], () => ({ ...server.config, bucket: elsewhere }))).toMatchObject({
    ...{ exitCode: 2, stdout: '', stderr: expect.stringMatching(/is not that of this database/) },
  })
})
