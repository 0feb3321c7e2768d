import { randomBytes } from 'node:crypto'
import { mkdir, mkdtempDisposable } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { runChaos } from '#scripts/cluster/chaos.ts'
import { findLeftovers } from '#scripts/cluster/find-leftovers.ts'
import { createClusterServer } from '#scripts/cluster/server-process.ts'
import { type Cluster, findSignIn, startCluster } from '#scripts/cluster/start-cluster.ts'
import { freePorts } from '#scripts/engines/free-ports.ts'
import { median } from './rival-servers.ts'

// Several servers on one PostgreSQL and one bucket: what writers lose while servers are killed (nothing, or it
// fails), and what a request costs with 1, 2 and 3 servers, beside one server on its own disk in the same run.
// All of it, the engines and this client too, shares the machine: more servers are quicker only on more cores.
//   npm run bench:cluster [seconds of the run with kills] [requests a round] [rounds]

const [chaosSeconds = 600, requests = 600, rounds = 3] = process.argv.slice(2).map(Number)
const connections = 8
const killEveryMs = 20_000

const settings = { BARKEEP_RATE_LIMIT: '1000000', BARKEEP_YT_DLP: '/not-looked-for' }
const say = (line: string) => process.stdout.write(`${line}\n`)
const agent = new Agent({ keepAlive: true, maxSockets: 3 * connections })

type Asked = { method?: string; headers: Record<string, string>; body?: Buffer }

async function ask(url: string, { method = 'GET', headers, body }: Asked): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  request(url, { agent, method, headers: { ...headers, 'content-length': body?.length ?? 0 } })
    .once('response', async (reply) => {
      const answer = await buffer(reply)
      if ((reply.statusCode ?? 0) < 300) resolve(answer)
      else reject(new Error(`${url}: ${reply.statusCode} ${answer}`))
    })
    .once('error', reject)
    .end(body)
  return await promise
}

/** Requests a second, and the median of how long one took, in milliseconds. */
type Pace = { perSecond: number; ms: number }

async function measure(count: number, work: (turn: number) => Promise<unknown>): Promise<Pace> {
  const times: number[] = []
  let next = 0
  const lane = async () => {
    while (next < count) {
      const began = performance.now()
      await work(next++)
      times.push(performance.now() - began)
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: connections }, lane))
  return { perSecond: (count / (performance.now() - began)) * 1000, ms: median(times) }
}

type Target = { name: string; origins: string[]; key: string }

const kinds = ['GET /files, 50 of 200', 'upload of 4 KB', 'GET /me', '64 KiB of a link'] as const
type Kind = (typeof kinds)[number]

/** Puts what is read into the store; returns the work of each kind. */
async function prepare({
  name,
  origins,
  key,
}: Target): Promise<Record<Kind, (turn: number) => Promise<unknown>>> {
  const headers = { authorization: `Bearer ${key}` }
  const at = (turn: number) => `${origins[turn % origins.length]}/api/v1`
  const upload = (turn: number, query: string, body: Buffer) =>
    ask(`${at(turn)}/upload?${query}`, { method: 'POST', headers, body })
  const folder = `/bench-${name.replaceAll(/\W/g, '')}/`
  for (let turn = 0; turn < 200; turn += 1) {
    await upload(turn, `path=${folder}&filename=${turn}.bin`, randomBytes(100))
  }
  const large = await upload(0, `path=${folder}large/&filename=large.bin`, randomBytes(32_000_000))
  const { pathname } = new URL(JSON.parse(String(large)).link)
  let sent = 0
  return {
    'GET /files, 50 of 200': (turn) => ask(`${at(turn)}/files?path=${folder}`, { headers }),
    'upload of 4 KB': (turn) =>
      upload(turn, `path=${folder}small/&filename=${sent++}.bin`, randomBytes(4096)),
    'GET /me': (turn) => ask(`${at(turn)}/me`, { headers }),
    '64 KiB of a link': (turn) => {
      const first = ((turn * 7919) % 400) * 65_536
      const range = `bytes=${first}-${first + 65_535}`
      return ask(`${origins[turn % origins.length]}${pathname}`, { headers: { range } })
    },
  }
}

/** What taking a slot of a window costs by itself: one statement, on one connection. */
async function windowMs({ postgres }: Cluster): Promise<number> {
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  const times: number[] = []
  for (let turn = 0; turn < 500; turn += 1) {
    const began = performance.now()
    await client.query('select * from take_rate_slot($1, 1000000, 60000)', ['bench'])
    times.push(performance.now() - began)
  }
  await client.end()
  return median(times)
}

function sayPace(what: string, paces: Pace[]): void {
  const perSecond = median(paces.map((pace) => pace.perSecond))
  say(`| ${what} | ${perSecond.toFixed(0)} | ${median(paces.map((pace) => pace.ms)).toFixed(1)} |`)
}

async function measureAll(targets: Target[]): Promise<void> {
  say(
    `${requests} requests a round, ${connections} at once, ${rounds} interleaved rounds, medians\n`,
  )
  say('| what | store | requests/s | ms |\n| --- | --- | --- | --- |')
  const work = new Map<Target, Work>()
  for (const target of targets) work.set(target, await prepare(target))
  for (const kind of kinds) {
    const seen = new Map<Target, Pace[]>(targets.map((target) => [target, []]))
    // The first round is not counted: until then the code is not yet compiled.
    for (let round = -1; round < rounds; round += 1)
      await measureOnce(kind, work, round < 0 ? null : seen)
    for (const [{ name }, paces] of seen) sayPace(`${kind} | ${name}`, paces)
  }
}

type Work = Awaited<ReturnType<typeof prepare>>

async function measureOnce(
  kind: Kind,
  work: Map<Target, Work>,
  seen: Map<Target, Pace[]> | null,
): Promise<void> {
  for (const [target, of] of work) {
    const one = await measure(requests, of[kind])
    seen?.get(target)?.push(one)
  }
}

async function sweepAndTell(cluster: Cluster): Promise<boolean> {
  const giveUpAt = performance.now() + 300_000
  for (;;) {
    const { orphans, missing, uploads, claims } = await findLeftovers(cluster)
    const left = [...orphans, ...missing, ...uploads, ...claims]
    if (left.length === 0 || performance.now() > giveUpAt) {
      say(
        `After the sweep: ${orphans.length} orphans, ${missing.length} missing, ${uploads.length} uploads in parts, ${claims.length} claims`,
      )
      return left.length === 0
    }
    await pause(2_000)
  }
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-'))
await mkdir(join(folder.path, 'embedded'))
const [port = 0] = await freePorts(1)
const embedded = createClusterServer({ name: 'embedded', port, folder: folder.path, settings })
await using cluster = await startCluster({ settings, onStep: (step) => say(`Starting ${step} …`) })
let isGood = true
try {
  await embedded.start()
  const own = await findSignIn([embedded])
  const origins = cluster.servers.map(({ origin }) => origin)
  const { key } = cluster.signIn
  say(`Load ${loadavg()[0]?.toFixed(1)}\n`)
  await measureAll([
    { name: 'own disk', origins: [embedded.origin], key: own.key },
    { name: '1 server', origins: origins.slice(0, 1), key },
    { name: '2 servers', origins: origins.slice(0, 2), key },
    { name: '3 servers', origins, key },
  ])
  say(`\nThe window of a key by itself: ${(await windowMs(cluster)).toFixed(2)} ms a request`)
  if (chaosSeconds > 0) {
    say(
      `\n3 writers, 3 readers, a server killed every ${killEveryMs / 1000} s, for ${chaosSeconds} s`,
    )
    const { lost, twice, wrong, ...counts } = await runChaos(cluster, {
      ...{ seconds: chaosSeconds, killEveryMs, writers: 3, readers: 3 },
    })
    for (const [name, count] of Object.entries(counts)) say(`  ${name}: ${count}`)
    say(`  lost: ${lost.length}, listed twice: ${twice.length}, wrong: ${wrong.length}`)
    for (const one of [...lost, ...twice, ...wrong].slice(0, 20)) say(`    ${one}`)
    isGood = (await sweepAndTell(cluster)) && lost.length + twice.length + wrong.length === 0
  }
  say(`Load ${loadavg()[0]?.toFixed(1)}`)
} finally {
  agent.destroy()
  await embedded.end('SIGKILL')
}
if (!isGood) process.exitCode = 1
