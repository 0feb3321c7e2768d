import { mkdtempDisposable, rename } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'

const freshFolder = () => mkdtempDisposable(join(tmpdir(), 'barkeep-draining-'))
const readyOf = async (origin: string) => (await fetch(`${origin}/readyz`)).status

/** A request on a connection that is kept, whatever came on it before. */
async function askOn(agent: Agent, url: string) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; last: boolean }>()
  get(url, { agent }, (reply) => {
    reply.resume().once('end', () => {
      const { statusCode = 0, headers } = reply
      resolve({ status: statusCode, last: headers.connection === 'close' })
    })
  }).once('error', reject)
  return await promise
}

test('a server that is told to end is not ready, and answers on until balancers have noticed', async () => {
  await using folder = await freshFolder()
  // So long that nothing here waits for its end.
  const settings = { BARKEEP_DATA: folder.path, BARKEEP_DRAIN_SECONDS: '3600' }
  await using server = startServerProcess(settings)
  const origin = await server.origin
  const headers = { authorization: `Bearer ${await server.firstKey}` }
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  expect(await readyOf(origin)).toBe(200)
  expect(await askOn(agent, `${origin}/healthz`)).toEqual({ status: 200, last: false })

  server.child.kill('SIGTERM')
  await vi.waitFor(async () => expect(await readyOf(origin)).toBe(503), 30_000)
  const refusal = await (await fetch(`${origin}/readyz`)).json()
  expect(refusal).toMatchObject({ status: 'error', code: 'unavailable' })

  // The connection that was kept, and new ones: each carries one more answer.
  expect(await askOn(agent, `${origin}/healthz`)).toEqual({ status: 200, last: true })
  expect(await askOn(agent, `${origin}/healthz`)).toEqual({ status: 200, last: true })
  const url = `${origin}/api/v1/upload?filename=a.txt`
  const upload = await fetch(url, { method: 'POST', headers, body: 'late' })
  expect([upload.status, upload.headers.get('connection')]).toEqual([200, 'close'])
  const { link } = (await upload.json()) as { link: string }
  expect(await (await fetch(link)).text()).toBe('late')
  // By then another signal is no echo of the first.
  await vi.waitFor(() => expect(server.output().stdout).toContain('Waiting up to 3608 s'), 30_000)
  expect(await server.end('SIGTERM')).toBe(130)
})

test('once it has drained it ends by itself, kept connections and all', async () => {
  await using folder = await freshFolder()
  const settings = { BARKEEP_DATA: folder.path, BARKEEP_DRAIN_SECONDS: '1' }
  await using server = startServerProcess(settings)
  const { hostname, port } = new URL(await server.origin)
  const idle = connect(Number(port), hostname)
  const closed = vi.fn()
  idle.once('close', closed).resume()
  expect(await server.end('SIGTERM')).toBe(0)
  await vi.waitFor(() => expect(closed).toHaveBeenCalled(), 30_000)
  expect(server.output().stderr).toContain('"msg":"draining"')
})

test('a server whose disk is away is not ready, and is again once it is back', async () => {
  let now = 0
  const clock = { now: () => Date.now(), monotonic: () => now }
  await using server = await startTestServer({ dependencies: { clock } })
  const looked = async () => {
    const reply = await server.get('/readyz', { key: null })
    return { ...((await reply.json()) as { message?: string }), status: reply.status }
  }
  expect((await looked()).status).toBe(200)
  const [blobs, away] = [join(server.dataFolder, 'blobs'), join(server.dataFolder, 'away')]
  await rename(blobs, away)
  now += 1_000
  expect(await looked()).toMatchObject({
    status: 503,
    message: 'The stored bytes are not reached.',
  })
  expect((await server.get('/healthz', { key: null })).status).toBe(200)
  await rename(away, blobs)
  now += 1_000
  expect((await looked()).status).toBe(200)
})
