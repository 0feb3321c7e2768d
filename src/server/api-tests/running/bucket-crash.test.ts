import { createHash, randomBytes } from 'node:crypto'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesReply } from '#contract/files.ts'
import { runCli } from '#server/cli/run-cli.ts'
import { readConfig } from '#server/core/config.ts'
import { startBucketProxy } from '#server/testing/bucket-proxy.ts'
import { bucketEnvironment, leftInBucket, testBucketConfig } from '#server/testing/test-bucket.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Resolves with whether it was acknowledged. */
async function upload(at: { origin: string; key: string }, name: string, bytes: Buffer) {
  const reply = await fetch(`${at.origin}/api/v1/upload?filename=${name}`, {
    method: 'POST',
    body: new Uint8Array(bytes),
    headers: { authorization: `Bearer ${at.key}` },
  }).catch(() => null)
  return reply?.status === 200
}

async function readAll({ origin, key }: { origin: string; key: string }) {
  const headers = { authorization: `Bearer ${key}` }
  const page = filesReply.parse(await (await fetch(`${origin}/api/v1/files`, { headers })).json())
  const read = page.files.map(async ({ name, link }) => {
    const reply = await fetch(link.replace(/^.*(?=\/share)/, origin))
    return [name, sha256(new Uint8Array(await reply.arrayBuffer()))]
  })
  return Object.fromEntries(await Promise.all(read)) as Record<string, string>
}

test('kills while a part goes up, after the end of its upload and after its answer lose nothing and leave nothing', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bucket-crash-'))
  const bucket = await testBucketConfig()
  await using proxy = await startBucketProxy(bucket.endpoint ?? '')
  const env = {
    ...{ BARKEEP_DATA: folder.path, BARKEEP_LOG_LEVEL: 'silent' },
    ...bucketEnvironment({ ...bucket, endpoint: proxy.endpoint }),
  }
  const acknowledged: Record<string, string> = {}
  let key = ''
  // The last of them is told when the upload was answered.
  const moments = [/^PUT .*partNumber=2/, /^HEAD .*\/[0-9a-f-]{36}/, null]
  for (const [index, moment] of moments.entries()) {
    await using server = startServerProcess(env)
    const origin = await server.origin
    if (index === 0) key = await server.firstKey
    const at = { origin, key }
    const small = randomBytes(50_000)
    expect(await upload(at, `small-${index}`, small)).toBe(true)
    acknowledged[`small-${index}`] = sha256(small)
    proxy.onRequest = (line) => moment?.test(line) && server.child.kill('SIGKILL')
    const large = randomBytes(20 * 1024 * 1024)
    const isDone = await upload(at, `large-${index}`, large)
    expect(isDone).toBe(moment === null)
    if (isDone) acknowledged[`large-${index}`] = sha256(large)
    proxy.onRequest = () => {}
    await server.end('SIGKILL')
  }
  await using server = startServerProcess(env)
  const at = { origin: await server.origin, key }
  expect(await readAll(at)).toEqual(acknowledged)
  // As many objects as files, and the identity of the bucket.
  const left = await leftInBucket(bucket)
  expect(left.uploads).toEqual([])
  expect(left.objects).toHaveLength(Object.keys(acknowledged).length + 1)
  const check = await runCli(['check', '--deep'], () => readConfig(env))
  expect(check).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/all is well/) })
})
