import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type BucketEngine, startBucket } from '#scripts/engines/bucket.ts'
import { freePorts } from '#scripts/engines/free-ports.ts'
import { type Postgres, startPostgres } from '#scripts/engines/postgres.ts'
import { runProgram } from '#scripts/run-program.ts'
import { type Balancer, startBalancer } from './balancer.ts'
import { type ClusterServer, createClusterServer, type SignIn } from './server-process.ts'

/** Several servers on one PostgreSQL and one bucket, all real, behind a balancer, all on loopback. */
export type Cluster = AsyncDisposable & {
  /** The balancer's: where browsers and scripts go. */
  readonly origin: string
  readonly balancer: Balancer
  readonly servers: readonly ClusterServer[]
  readonly postgres: Postgres
  readonly bucket: BucketEngine
  /** Of the account that the first start made. */
  readonly signIn: SignIn
  /** What each server is set to, but for its name, port and scratch folder. */
  readonly settings: Record<string, string>
  /** The command line with the same settings; resolves with what it printed. @throws Error with its last line */
  cli(...args: string[]): Promise<string>
}

const cliProgram = join(import.meta.dirname, '../../src/server/cli.ts')

type Options = {
  /** How many servers. */
  count?: number
  /** The balancer's; 0: any that is free. */
  port?: number
  settings?: Record<string, string>
  /** Told what is being waited for. */
  onStep?(step: string): void
  /** Engines that are up, and stay up; without them it starts its own. */
  engines?: { postgres: Postgres; bucket: BucketEngine }
}

/** Ends what was started, the last first. */
const createEnds = () => {
  const ends: (() => Promise<unknown>)[] = []
  return {
    add: (end: () => Promise<unknown>) => void ends.push(end),
    async run() {
      for (const end of ends.splice(0).reverse()) await end().catch(() => {})
    },
  }
}

/**
 * Starts all of it, the servers at once on an empty database. Disposing of it ends all and leaves nothing.
 * @throws Error that says in a line what is missing
 */
export async function startCluster(options: Options = {}): Promise<Cluster> {
  const ends = createEnds()
  try {
    return await startAll(options, ends)
  } catch (error) {
    await ends.run()
    throw error
  }
}

async function startAll(
  { count = 3, port = 0, settings: more = {}, onStep = () => {}, engines }: Options,
  ends: ReturnType<typeof createEnds>,
): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-cluster-'))
  ends.add(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }))
  if (engines === undefined) onStep('PostgreSQL and the bucket')
  const { postgres, bucket } = engines ?? (await startEngines(ends))
  const ports = await freePorts(count)
  const origins = ports.map((at) => `http://127.0.0.1:${at}`)
  const balancer = await startBalancer({ servers: origins, port })
  ends.add(() => balancer.close())
  const settings = {
    BARKEEP_DATABASE_URL: postgres.url,
    BARKEEP_S3_ENDPOINT: bucket.endpoint,
    BARKEEP_S3_BUCKET: bucket.bucket,
    BARKEEP_S3_REGION: bucket.region,
    BARKEEP_S3_PATH_STYLE: 'on',
    BARKEEP_S3_ACCESS_KEY_ID: bucket.accessKeyId,
    BARKEEP_S3_SECRET_ACCESS_KEY: bucket.secretAccessKey,
    BARKEEP_SESSION_SECRET: randomBytes(32).toString('base64url'),
    BARKEEP_PUBLIC_URL: balancer.origin,
    BARKEEP_TRUST_PROXY: '127.0.0.1',
    BARKEEP_DRAIN_SECONDS: '2',
    ...more,
  }
  const servers = await Promise.all(
    ports.map(async (at, index) => {
      const name = `bar-${index + 1}`
      await mkdir(join(folder, name))
      const server = createClusterServer({ name, port: at, folder, settings })
      ends.add(() => endServer(server))
      return server
    }),
  )
  onStep(`${count} servers`)
  await allOrNone(...servers.map((server) => server.start()))
  const signIn = await findSignIn(servers)
  while (balancer.readyServers() < count) await pause(20)
  return {
    ...{ origin: balancer.origin, balancer, servers, postgres, bucket, signIn, settings },
    cli: (...args) =>
      runProgram(process.execPath, [cliProgram, ...args], {
        ...{ seconds: 120, env: { ...settings, BARKEEP_DATA: join(folder, 'cli') } },
      }),
    [Symbol.asyncDispose]: () => ends.run(),
  }
}

async function startEngines(
  ends: ReturnType<typeof createEnds>,
): Promise<{ postgres: Postgres; bucket: BucketEngine }> {
  const [postgres, bucket] = await allOrNone(
    startPostgres().then((engine) => ended(engine, ends)),
    startBucket().then((engine) => ended(engine, ends)),
  )
  return { postgres, bucket }
}

function ended<Engine extends { stop(): Promise<void> }>(
  engine: Engine,
  ends: ReturnType<typeof createEnds>,
): Engine {
  ends.add(() => engine.stop())
  return engine
}

/** Waits for all before it fails, so that what came up can be ended. */
async function allOrNone<Work extends Promise<unknown>[]>(
  ...work: Work
): Promise<{ [Index in keyof Work]: Awaited<Work[Index]> }> {
  for (const { status, ...rest } of await Promise.allSettled(work)) {
    if (status === 'rejected' && 'reason' in rest) throw rest.reason
  }
  return (await Promise.all(work)) as { [Index in keyof Work]: Awaited<Work[Index]> }
}

/** The engines go with it, and their data: nothing is to be kept. A stopped process, too, is ended by this. */
async function endServer(server: ClusterServer): Promise<void> {
  await server.end('SIGKILL')
}

/** A server listens before its first start is over: hashing a password takes a second or more. */
export async function findSignIn(servers: readonly ClusterServer[]): Promise<SignIn> {
  for (let tries = 0; tries < 1_200; tries += 1) {
    for (const server of servers) {
      const signIn = await server.takeSignIn()
      if (signIn !== null) return signIn
    }
    await pause(100)
  }
  throw new Error('None of the servers made an account within two minutes.')
}
