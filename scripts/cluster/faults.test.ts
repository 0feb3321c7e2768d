import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type BucketEngine, startBucket } from '#scripts/engines/bucket.ts'
import { type Postgres, startPostgres } from '#scripts/engines/postgres.ts'
import { runChaos } from './chaos.ts'
import { type Client, createClient } from './client.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { findLeftovers } from './find-leftovers.ts'
import type { ClusterServer } from './server-process.ts'
import { type Cluster, startCluster } from './start-cluster.ts'

/** Servers and engines start several times in here, which a busy machine takes its time for. */
const patient = { timeout: 300_000 }

let postgres: Postgres
let bucket: BucketEngine
let databaseLine: FaultProxy
let bucketLine: FaultProxy
let cluster: Cluster
let owner: Client

beforeAll(async () => {
  ;[postgres, bucket] = await Promise.all([startPostgres(), startBucket()])
  databaseLine = await startFaultProxy(new URL(postgres.url))
  bucketLine = await startFaultProxy(new URL(bucket.endpoint))
  const databaseUrl = new URL(postgres.url)
  databaseUrl.port = String(databaseLine.port)
  cluster = await startCluster({
    engines: { postgres, bucket },
    settings: {
      BARKEEP_DATABASE_URL: databaseUrl.href,
      BARKEEP_S3_ENDPOINT: `http://127.0.0.1:${bucketLine.port}`,
      BARKEEP_RATE_LIMIT: '1000000',
      BARKEEP_IMPORT_ALLOW: '127.0.0.1',
      BARKEEP_YT_DLP: '/not-looked-for',
      // What takes half a minute takes five seconds.
      BARKEEP_LEASE_PACE: '5',
    },
  })
  owner = createClient(cluster.signIn.key)
}, 600_000)
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]()
  await Promise.all([databaseLine?.[Symbol.asyncDispose](), bucketLine?.[Symbol.asyncDispose]()])
  await Promise.all([postgres?.stop(), bucket?.stop()])
}, 60_000)
afterEach(() => {
  databaseLine.listen(null)
  bucketLine.listen(null)
})

const server = (index: number) => cluster.servers[index] as ClusterServer

/** Uploads to a server that is killed meanwhile, then the same again to another. */
async function uploadThroughDeath(name: string, bytes: Buffer<ArrayBuffer>): Promise<string> {
  const key = randomUUID()
  const dying = owner.upload(server(0).origin, name, bytes, key).then(
    (reply) => reply.status,
    () => 'broken',
  )
  expect(await dying).toBe('broken')
  databaseLine.listen(null)
  bucketLine.listen(null)
  await server(0).end('SIGKILL')
  await server(0).start()
  for (;;) {
    const reply = await owner.upload(server(1).origin, name, bytes, key)
    if (reply.status === 200) return ((await reply.json()) as { link: string }).link
    // The claim of the one that is gone has to run out first.
    expect([409, 503]).toContain(reply.status)
    await reply.body?.cancel()
    await pause(200)
  }
}

/** Once all claims of what is gone have run out, both sides know of the same blobs. */
async function expectNoLeftovers(): Promise<void> {
  await vi.waitFor(
    async () =>
      expect(await findLeftovers(cluster)).toEqual({
        ...{ orphans: [], missing: [], uploads: [], claims: [] },
      }),
    { timeout: 120_000, interval: 1000 },
  )
}

async function expectListedOnce(folder: string, name: string, bytes: Buffer): Promise<void> {
  const { files } = await owner.list(cluster.origin, folder)
  expect(files.map((file) => file.name)).toEqual([name])
  const link = files[0]?.link ?? ''
  for (const { origin } of cluster.servers) {
    const body = await (await fetch(origin + new URL(link).pathname)).arrayBuffer()
    expect(Buffer.from(body).equals(bytes)).toBe(true)
  }
}

const large = () => randomBytes(17_500_000)

test(
  'killed while a part goes up: nothing is listed, and the same upload goes through elsewhere',
  patient,
  async () => {
    const bytes = large()
    bucketLine.listen((side, text) => {
      if (side !== 'server' || !/^PUT \S+partNumber=2/m.test(text)) return false
      server(0).signal('SIGKILL')
      return true
    })
    await uploadThroughDeath('part/a.bin', bytes)
    await expectListedOnce('/part/', 'a.bin', bytes)
  },
)

test('killed after the bucket has put the parts together: listed once', patient, async () => {
  const bytes = large()
  let isCompleting = false
  bucketLine.listen((side, text) => {
    if (side === 'server') isCompleting ||= /^POST \S+uploadId=/m.test(text)
    if (side === 'server' || !isCompleting || !text.includes('CompleteMultipartUploadResult'))
      return false
    server(0).signal('SIGKILL')
    return true
  })
  await uploadThroughDeath('complete/a.bin', bytes)
  expect(isCompleting).toBe(true)
  await expectListedOnce('/complete/', 'a.bin', bytes)
})

test(
  'killed after the commit, before the answer: the next try gets the answer of the first',
  patient,
  async () => {
    const bytes = randomBytes(5000)
    let isPut = false
    bucketLine.listen((side, text) => {
      isPut ||= side === 'server' && text.startsWith('PUT ')
      return false
    })
    let isListed = false
    databaseLine.listen((side, text) => {
      if (side === 'server' && isPut && /insert into "file" /.test(text)) isListed = true
      if (side === 'server' || !isListed || !text.includes('COMMIT\0')) return false
      server(0).signal('SIGKILL')
      return true
    })
    const link = await uploadThroughDeath('commit/a.bin', bytes)
    expect(isListed).toBe(true)
    await expectListedOnce('/commit/', 'a.bin', bytes)
    const { files } = await owner.list(cluster.origin, '/commit/')
    expect(files[0]?.link).toBe(link)
  },
)

/** A source that sends `pieces` of 1,000 bytes, one each time it is told to. */
async function startSource(pieces: number): Promise<Server & { url: string; asked(): number }> {
  let asked = 0
  const source = createServer((_request, response) => {
    asked += 1
    response.writeHead(200, { 'content-length': pieces * 1000, 'content-type': 'image/png' })
    let sent = 0
    const timer = setInterval(() => {
      response.write('x'.repeat(1000))
      sent += 1
      if (sent < pieces) return
      clearInterval(timer)
      response.end()
    }, 100)
    response.once('close', () => clearInterval(timer))
  })
  await once(source.listen(0, '127.0.0.1'), 'listening')
  const { port } = source.address() as AddressInfo
  return Object.assign(source, { url: `http://127.0.0.1:${port}/a.png`, asked: () => asked })
}

async function waitForImport(id: string): Promise<void> {
  await vi.waitFor(
    async () =>
      expect(await owner.importTask(server(1).origin, id)).toMatchObject({ state: 'completed' }),
    { timeout: 90_000, interval: 200 },
  )
}

test.each(['SIGKILL', 'SIGSTOP'] as const)(
  'an import of a server that gets %s goes on elsewhere and is listed once',
  patient,
  async (signal) => {
    const source = await startSource(60)
    const folder = `/import-${signal}/`
    const id = await owner.startImport(server(0).origin, source.url, folder)
    await vi.waitFor(() => expect(source.asked()).toBeGreaterThan(0), 30_000)
    await vi.waitFor(
      async () =>
        expect((await owner.importTask(server(1).origin, id)).bytes ?? 0).toBeGreaterThan(0),
      { timeout: 30_000, interval: 100 },
    )
    const holder = await findHolder(id)
    holder.signal(signal)
    const asked = source.asked()
    await vi.waitFor(() => expect(source.asked()).toBeGreaterThan(asked), 60_000)
    if (signal === 'SIGSTOP') holder.signal('SIGCONT')
    await waitForImport(id)
    if (signal === 'SIGKILL') {
      await holder.end('SIGKILL')
      await holder.start()
    }
    source.close()
    source.closeAllConnections()
    await pause(2000)
    const { files } = await owner.list(cluster.origin, folder)
    expect(files.map(({ name, size }) => [name, size])).toEqual([['a.png', 60_000]])
  },
)

/** Takes an engine away, and brings it back at the end whatever happens: other tests need it. */
async function away(engine: { pause(): Promise<void>; restart(): Promise<void> }) {
  await engine.pause()
  let isAway = true
  const restart = async () => {
    if (isAway) await engine.restart()
    isAway = false
  }
  return { restart, [Symbol.asyncDispose]: restart }
}

test('without PostgreSQL all is 503, and goes on by itself once it is back', patient, async () => {
  const { link } = (await (await owner.upload(cluster.origin, 'database/a.txt', 'a')).json()) as {
    link: string
  }
  await using back = await away(postgres)
  for (const { origin } of cluster.servers) {
    const reply = await owner.upload(origin, 'database/b.txt', 'b')
    expect(reply.status).toBe(503)
    expect(await reply.json()).toMatchObject({ code: 'unavailable' })
    expect((await fetch(`${origin}/healthz`)).status).toBe(200)
    await vi.waitFor(async () => expect((await fetch(`${origin}/readyz`)).status).toBe(503), 30_000)
  }
  await back.restart()
  for (const { origin } of cluster.servers) {
    await vi.waitFor(async () => expect((await fetch(`${origin}/readyz`)).status).toBe(200), 30_000)
    expect((await owner.upload(origin, 'database/c.txt', 'c')).status).toBe(200)
    expect(await (await fetch(origin + new URL(link).pathname)).text()).toBe('a')
  }
})

test(
  'without the bucket links and uploads are 503, listings go on, and all of it once it is back',
  patient,
  async () => {
    const { link } = (await (await owner.upload(cluster.origin, 'bucket/a.txt', 'a')).json()) as {
      link: string
    }
    await using back = await away(bucket)
    const { pathname } = new URL(link)
    for (const { origin } of cluster.servers) {
      const [read, sent] = await Promise.all([
        fetch(origin + pathname),
        owner.upload(origin, 'bucket/b.txt', 'b'),
      ])
      for (const reply of [read, sent]) {
        expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([
          503,
          'unavailable',
        ])
      }
      expect((await owner.list(origin, '/bucket/')).files.map(({ name }) => name)).toEqual([
        'a.txt',
      ])
      await vi.waitFor(
        async () => expect((await fetch(`${origin}/readyz`)).status).toBe(503),
        30_000,
      )
    }
    await back.restart()
    for (const { origin } of cluster.servers) {
      await vi.waitFor(
        async () => expect((await fetch(`${origin}/readyz`)).status).toBe(200),
        30_000,
      )
      expect(await (await fetch(origin + pathname)).text()).toBe('a')
    }
    expect((await owner.upload(cluster.origin, 'bucket/b.txt', 'b')).status).toBe(200)
  },
)

test('while servers are restarted one after the other no request fails', patient, async () => {
  let isOver = false
  const failed: unknown[] = []
  let answered = 0
  const work = async (name: string) => {
    for (let turn = 0; !isOver; turn++) {
      const sent = await owner
        .upload(cluster.origin, `rolling/${name}-${turn}`, `${turn}`)
        .catch(String)
      if (typeof sent === 'string' || sent.status !== 200) {
        failed.push(sent)
        continue
      }
      const { link } = (await sent.json()) as { link: string }
      const text = await fetch(link).then((reply) => reply.text(), String)
      if (text === `${turn}`) answered += 1
      else failed.push(text)
    }
  }
  const working = [work('a'), work('b')]
  for (const one of cluster.servers) {
    expect(await one.end('SIGTERM')).toBe(0)
    await one.start()
    await vi.waitFor(() => expect(cluster.balancer.readyServers()).toBe(3), 30_000)
  }
  isOver = true
  await Promise.all(working)
  expect(failed).toEqual([])
  expect(answered).toBeGreaterThan(10)
})

test(
  'writers and readers lose nothing while one server after the other is killed',
  patient,
  async () => {
    const report = await runChaos(cluster, {
      ...{ seconds: 16, killEveryMs: 3_000, writers: 2, readers: 2 },
    })
    expect(report).toMatchObject({ lost: [], twice: [], wrong: [] })
    expect(report.kills).toBeGreaterThan(1)
    expect(report.acknowledged).toBeGreaterThan(10)
    await expectNoLeftovers()
  },
)

async function findHolder(id: string): Promise<ClusterServer> {
  const { default: pg } = await import('pg')
  const database = new pg.Client({ connectionString: postgres.url })
  await database.connect()
  try {
    const { rows } = await database.query('select lease_owner from import_task where id = $1', [id])
    const owner = String(rows[0]?.lease_owner)
    const holder = cluster.servers.find(({ name }) => owner.startsWith(name))
    if (holder === undefined) throw new Error(`Nobody holds ${id}: ${owner}`)
    return holder
  } finally {
    await database.end()
  }
}
