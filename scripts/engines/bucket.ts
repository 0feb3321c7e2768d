import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePorts } from '#scripts/engines/free-ports.ts'
import { findProgram } from '#scripts/find-program.ts'
import { findPackageManager } from '#scripts/install-packages.ts'
import type { Program } from '#scripts/program.ts'
import { runProgram } from '#scripts/run-program.ts'

/** A real S3 server on this machine: OpenStack Swift with its S3 API, all of it on loopback. */
export type BucketEngine = {
  endpoint: string
  region: string
  /** It is there, and empty. */
  bucket: string
  accessKeyId: string
  secretAccessKey: string
  /** Ends the server that answers, and has `restart` begin it again: for what happens without it. */
  pause(): Promise<void>
  /** On the same port, with all that was stored. */
  restart(): Promise<void>
  /** Ends it and deletes all that is in it. */
  stop(): Promise<void>
}

const packages = [
  'swift',
  'swift-proxy',
  'swift-account',
  'swift-container',
  'swift-object',
  'memcached',
]
const servers = ['account', 'container', 'object'] as const
const region = 'us-east-1'
/** Part of every Linux (util-linux). */
const setpriv = '/usr/bin/setpriv'

export const swift: Program = packaged('swift-proxy')

function packaged(name: string): Program {
  const versionArguments = ['--version']
  return { name, neededFor: 'tests', release: null, homebrewFormula: null, versionArguments }
}

export async function isBucketThere(): Promise<boolean> {
  const programs = ['swift-proxy-server', 'swift-account-server', 'swift-object-server']
  const all = [...programs, 'swift-container-server', 'memcached', 'swift-ring-builder']
  const found = all.map((name) => findProgram(name, process.env.PATH ?? ''))
  return (await Promise.all(found)).every((path) => path !== null)
}

/** Installs what it takes, where that is missing. @throws Error that says what to do */
export async function installBucket(): Promise<void> {
  if (await isBucketThere()) return
  const manager = await findPackageManager(process.env.PATH ?? '', process.getuid?.() === 0)
  if (manager === null) {
    const command = `apt-get install --no-install-recommends ${packages.join(' ')}`
    throw new Error(`Swift is missing. Install it with "${command}".`)
  }
  for (const name of packages) await manager.install(packaged(name))
}

/**
 * Starts one with an empty bucket, in a few seconds. It ends with this process, however that ends.
 * @throws Error where it cannot be installed or does not come up
 */
export async function startBucket(): Promise<BucketEngine> {
  await installBucket()
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce()
    } catch (error) {
      // A port that was free a moment ago may be another program's by now.
      if (tries === 3) throw error
    }
  }
}

async function startOnce(): Promise<BucketEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-bucket-'))
  const children: ChildProcess[] = []
  const stop = async () => {
    await Promise.all(children.map(endChild))
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    const ports = await freePorts(2 + servers.length)
    const [proxy = 0, memcached = 0, ...others] = ports
    await mkdir(join(folder, 'node/sda'), { recursive: true })
    await mkdir(join(folder, 'etc'))
    const run = async (program: string, args: string[]) => {
      children.push(await startChild(folder, program, args))
    }
    await run('memcached', ['-u', userInfo().username, '-l', '127.0.0.1', '-p', `${memcached}`])
    await writeConfigs(folder, { proxy, memcached, others })
    for (const server of servers) await run(`swift-${server}-server`, [configOf(folder, server)])
    for (const port of others) await untilUp(`http://127.0.0.1:${port}`, children)
    const endpoint = `http://127.0.0.1:${proxy}`
    const restart = async () => {
      await run('swift-proxy-server', [configOf(folder, 'proxy')])
      await untilUp(endpoint, children)
    }
    const pause = async () => {
      const answering = children.pop()
      if (answering) await endChild(answering)
    }
    await restart()
    const keys = { accessKeyId: 'barkeep:test', secretAccessKey: 'secret' }
    const engine = { endpoint, region, bucket: 'barkeep', ...keys, pause, restart, stop }
    await makeBucket(engine, engine.bucket)
    return engine
  } catch (error) {
    await stop()
    throw error
  }
}

/** Another bucket of the same engine. @throws Error where it is not made */
export async function makeBucket(
  engine: Pick<BucketEngine, 'endpoint' | 'accessKeyId' | 'secretAccessKey'>,
  name: string,
): Promise<void> {
  const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3')
  const { accessKeyId, secretAccessKey } = engine
  const client = new S3Client({
    ...{ endpoint: engine.endpoint, region, forcePathStyle: true, maxAttempts: 10 },
    credentials: { accessKeyId, secretAccessKey },
  })
  await client.send(new CreateBucketCommand({ Bucket: name }))
  client.destroy()
}

/** Each in one process, which the system ends when this one ends. */
async function startChild(folder: string, program: string, args: string[]): Promise<ChildProcess> {
  await using log = await open(join(folder, `${program}.log`), 'a')
  const child = spawn(setpriv, ['--pdeathsig', 'KILL', program, ...args], {
    stdio: ['ignore', log.fd, log.fd],
    env: { ...process.env, SWIFT_DIR: join(folder, 'etc') },
  })
  // Who waits for the servers sees that one has ended.
  child.on('error', () => {})
  child.unref()
  return child
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  child.ref()
  child.kill('SIGKILL')
  await ended
}

async function untilUp(endpoint: string, children: ChildProcess[]): Promise<void> {
  for (let tries = 0; tries < 1_200; tries += 1) {
    const ended = children.find(({ exitCode, signalCode }) => exitCode !== null || signalCode)
    if (ended) throw new Error(`The bucket did not start: ${ended.spawnargs.join(' ')} has ended.`)
    const answer = await fetch(endpoint).catch(() => null)
    await answer?.body?.cancel()
    if (answer !== null && answer.status < 500) return
    await wait(100)
  }
  throw new Error('The bucket did not start within two minutes.')
}

const configOf = (folder: string, server: string) => join(folder, 'etc', `${server}-server.conf`)

type Ports = { proxy: number; memcached: number; others: number[] }

async function writeConfigs(folder: string, { proxy, memcached, others }: Ports): Promise<void> {
  const etc = join(folder, 'etc')
  const general = (port: number | undefined) => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
swift_dir = ${etc}
user = ${userInfo().username}
log_level = WARNING
log_address = ${join(folder, 'no-syslog')}
`
  await writeFile(join(etc, 'swift.conf'), swiftConfig)
  for (const [index, server] of servers.entries()) {
    const builder = join(etc, `${server}.builder`)
    const run = (...args: string[]) => runProgram('swift-ring-builder', args, { seconds: 60 })
    await run(builder, 'create', '4', '1', '0')
    await run(builder, 'add', `r1z1-127.0.0.1:${others[index]}/sda`, '1')
    await run(builder, 'rebalance')
    await writeFile(
      configOf(folder, server),
      `${general(others[index])}devices = ${join(folder, 'node')}
mount_check = false
disable_fallocate = true
[pipeline:main]
pipeline = ${server}-server
[app:${server}-server]
use = egg:swift#${server}
`,
    )
  }
  await writeFile(configOf(folder, 'proxy'), general(proxy) + proxyConfig(memcached))
}

const swiftConfig = `[swift-hash]
swift_hash_path_suffix = barkeep
[storage-policy:0]
name = one
default = yes
`

function proxyConfig(memcached: number): string {
  const filters = ['catch_errors', 'listing_formats', 'bulk', 'slo', 'dlo']
  return `[pipeline:main]
pipeline = catch_errors cache listing_formats s3api tempauth bulk slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
# A busy machine takes longer than these expect, and a server that failed is avoided for a minute.
conn_timeout = 20
node_timeout = 60
error_suppression_limit = 1000000
error_suppression_interval = 0.01
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${memcached}
[filter:s3api]
use = egg:swift#s3api
location = ${region}
s3_acl = false
check_bucket_owner = false
min_segment_size = 5242880
[filter:tempauth]
use = egg:swift#tempauth
user_barkeep_test = secret .admin
${filters.map((name) => `[filter:${name}]\nuse = egg:swift#${name}\n`).join('')}`
}

if (import.meta.main) {
  const engine = await startBucket()
  const { endpoint, bucket, accessKeyId, secretAccessKey } = engine
  process.stdout.write(`BARKEEP_S3_ENDPOINT=${endpoint}
BARKEEP_S3_BUCKET=${bucket}
BARKEEP_S3_REGION=${region}
BARKEEP_S3_ACCESS_KEY_ID=${accessKeyId}
BARKEEP_S3_SECRET_ACCESS_KEY=${secretAccessKey}
`)
  setInterval(() => {}, 1 << 30)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void engine.stop().then(() => process.exit(0)))
  }
}
