import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { rateLimitDefault } from '#contract/rate-limit.ts'
import { uploadMaxBytesDefault } from '#contract/uploads.ts'
import { type BucketConfig, readBucketConfig, refuseSameHost } from './bucket-config.ts'
import { readRange } from './ip-range.ts'
import { ConfigError, type Environment, oneOf, wholeNumber } from './setting.ts'
import { readSharedSettings, type SharedSettings } from './shared-config.ts'

export { ConfigError }

export type Config = SharedSettings & {
  host: string
  port: number
  /** Full path. */
  dataFolder: string
  /** The code that a refused start gave out; null: nothing is accepted. */
  accepted: string | null
  /** What links start with, without a slash at the end; null: made from host and port. */
  publicUrl: string | null
  /** Addresses and CIDR ranges of proxies whose `X-Forwarded-*` headers are believed. */
  trustProxy: string[]
  /** Origin of the hosted service in gateway mode; null: this server has its own store. */
  upstream: string | null
  uploadMaxBytes: number
  /** Requests per key in 60 seconds. */
  rateLimit: number
  /** How long what was deleted can be restored; 0: not at all. */
  trashDays: number
  /** What thumbnails may take of the disk; 0: none are made. */
  thumbnailBytes: number
  /** Hosts, host:port or CIDR ranges that imports may reach although they are private. */
  importAllow: string[]
  importConcurrency: number
  /** Whether imports may ask SponsorBlock, a foreign service, about videos. */
  sponsorblock: boolean
  /** Configured paths; null: searched for. */
  ytDlp: string | null
  ffmpeg: string | null
  logLevel: string
  /** What tells this server from others, in logs and metrics. */
  serverName: string
  /** How long it still takes requests once it is told to end. */
  drainSeconds: number
  /** Where metrics are read; null: nowhere. */
  metrics: { host: string; port: number } | null
  /** Null: stored files are in the data folder. */
  bucket: BucketConfig | null
}

const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']

/** Reads all settings; an empty variable counts as unset. @throws ConfigError when one is invalid */
export function readConfig(env: Environment): Config {
  const config = readSettings(env)
  refuseLoop(config)
  refuseLonely(env, config)
  refuseSameHost(config.bucket, config.publicUrl)
  return config
}

function readSettings(env: Environment): Config {
  return {
    host: env.HOST || '127.0.0.1',
    port: wholeNumber(env, 'PORT', { fallback: 4000, min: 0, max: 65_535 }),
    dataFolder: dataFolder(env.BARKEEP_DATA || './data'),
    accepted: acceptCode(env, 'BARKEEP_ACCEPT'),
    publicUrl: origin(env, 'BARKEEP_PUBLIC_URL', 'https://files.example'),
    trustProxy: proxyList(env, 'BARKEEP_TRUST_PROXY'),
    upstream: origin(env, 'BARKEEP_UPSTREAM', 'https://cloudstorage.bar'),
    uploadMaxBytes: wholeNumber(env, 'BARKEEP_UPLOAD_MAX_BYTES', {
      fallback: uploadMaxBytesDefault,
      min: 1,
      max: Number.MAX_SAFE_INTEGER,
    }),
    rateLimit: wholeNumber(env, 'BARKEEP_RATE_LIMIT', {
      fallback: rateLimitDefault,
      min: 1,
      max: 1_000_000,
    }),
    trashDays: wholeNumber(env, 'BARKEEP_TRASH_DAYS', { fallback: 30, min: 0, max: 36_500 }),
    thumbnailBytes: wholeNumber(env, 'BARKEEP_THUMBNAIL_BYTES', {
      fallback: 1024 ** 3,
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
    }),
    importAllow: allowList(env, 'BARKEEP_IMPORT_ALLOW'),
    importConcurrency: wholeNumber(env, 'BARKEEP_IMPORT_CONCURRENCY', {
      fallback: 2,
      min: 1,
      max: 64,
    }),
    sponsorblock: oneOf(env, 'BARKEEP_SPONSORBLOCK', ['off', 'on'], 'off') === 'on',
    ytDlp: env.BARKEEP_YT_DLP || null,
    ffmpeg: env.BARKEEP_FFMPEG || null,
    logLevel: oneOf(env, 'BARKEEP_LOG_LEVEL', logLevels, 'info'),
    serverName: serverName(env, 'BARKEEP_SERVER_NAME'),
    drainSeconds: wholeNumber(env, 'BARKEEP_DRAIN_SECONDS', { fallback: 0, min: 0, max: 3600 }),
    metrics: listenAddress(env, 'BARKEEP_METRICS'),
    ...readSharedSettings(env),
    bucket: readBucketConfig(env),
  }
}

const projectFolder = resolve(import.meta.dirname, '../../..')

/**
 * A relative path counts from the project's folder, wherever the command is typed: `npm start`, the
 * command line and a service have different current folders, and must mean the same data.
 */
function dataFolder(path: string): string {
  const folder = resolve(projectFolder, path)
  const here = resolve(path)
  if (here !== folder && hasData(here) && !hasData(folder)) {
    throw new ConfigError(
      `BARKEEP_DATA counts from ${projectFolder}, where ${folder} holds no data. To use the data here, set BARKEEP_DATA=${here}`,
    )
  }
  return folder
}

function hasData(folder: string): boolean {
  return existsSync(resolve(folder, 'barkeep.db'))
}

/**
 * How many times as fast as in service leases run out and what is left over is swept: tests of servers that
 * die would take minutes. Of a process, not of a server: its readers are constants.
 */
const leasePace = wholeNumber(process.env, 'BARKEEP_LEASE_PACE', { fallback: 1, min: 1, max: 10 })

/** Milliseconds of a lease, as they are at this process's pace. */
export function leaseTime(ms: number): number {
  return Math.ceil(ms / leasePace)
}

/** This process's own settings, with some in the place of the environment's. */
export function readEnvironment(instead: Environment = {}): Config {
  return readConfig({ ...process.env, ...instead })
}

function acceptCode(env: Environment, name: string): string | null {
  const text = env[name]
  if (!text) return null
  if (/^[0-9a-f]{8}$/.test(text)) return text
  throw new ConfigError(
    `${name} must be the code of eight characters that a refused start named, not "${text}".`,
  )
}

function webAddress(env: Environment, name: string): string | null {
  const text = env[name]
  if (!text) return null
  const url = URL.canParse(text) ? new URL(text) : null
  const isPlain = url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username
  if (!url || !isPlain) {
    throw new ConfigError(`${name} must be an address like https://files.example, not "${text}".`)
  }
  return url.href.replace(/\/+$/, '')
}

/** The app, its assets and cookies live at the root of a host: below a path only half would work. */
function origin(env: Environment, name: string, example: string): string | null {
  const address = webAddress(env, name)
  if (address !== null && new URL(address).origin !== address) {
    throw new ConfigError(
      `${name} must be an origin without a path, like ${example}, not "${address}".`,
    )
  }
  return address
}

/** A gateway in front of itself would forward each request to itself until no connection is left. */
function refuseLoop({ upstream, publicUrl, host, port }: Config): void {
  const name = host.includes(':') ? `[${host}]` : host
  const own = [name, 'localhost', '127.0.0.1'].map((at) => `http://${at}:${port}`)
  const isOwn = (address: string) => URL.parse(address)?.origin === upstream
  if (upstream === null || ![...own, publicUrl ?? ''].some(isOwn)) return
  throw new ConfigError(`BARKEEP_UPSTREAM must be another server than this one, not "${upstream}".`)
}

/** Servers that share a database must share the files too, and none of them is where browsers go. */
function refuseLonely(env: Environment, { database, publicUrl }: Config): void {
  if (database === null) return
  if (!env.BARKEEP_S3_BUCKET) {
    throw new ConfigError(
      'BARKEEP_DATABASE_URL needs a bucket for the files, which all servers share: set BARKEEP_S3_BUCKET too.',
    )
  }
  if (publicUrl === null) {
    throw new ConfigError(
      'BARKEEP_DATABASE_URL needs the address that browsers have, whatever server answers: set BARKEEP_PUBLIC_URL too.',
    )
  }
}

function serverName(env: Environment, name: string): string {
  const text = env[name]
  if (!text) return `${hostname()}:${process.pid}`
  if (/^[\w.:-]{1,100}$/.test(text)) return text
  throw new ConfigError(
    `${name} must be up to 100 letters, digits, dots, colons, dashes and underscores, not "${text}".`,
  )
}

/** Of a port alone only this machine gets an answer. */
function listenAddress(env: Environment, name: string): { host: string; port: number } | null {
  const text = env[name]
  if (!text) return null
  const [, bracketed, plain, port = ''] =
    /^(?:(?:\[([\da-f:.]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(text) ?? []
  if (port !== '' && Number(port) <= 65_535) {
    return { host: bracketed ?? plain ?? '127.0.0.1', port: Number(port) }
  }
  throw new ConfigError(
    `${name} must be a port, or an address of this machine with a port, like 9400 or 10.0.0.5:9400, not "${text}".`,
  )
}

const allowed =
  /^(\[[\da-f:.]+\](:\d{1,5})?|[\da-f:.]+\/\d{1,3}|[\da-f]*:[\da-f:.]*|[a-z\d._-]+(:\d{1,5})?)$/i

function allowList(env: Environment, name: string): string[] {
  const entries = (env[name] ?? '').split(/[\s,]+/).filter((entry) => entry !== '')
  for (const entry of entries) {
    if (allowed.test(entry)) continue
    throw new ConfigError(
      `${name} takes hosts, host:port or ranges like 10.0.0.0/8, with commas between, not "${entry}".`,
    )
  }
  return entries
}

function proxyList(env: Environment, name: string): string[] {
  const entries = (env[name] ?? '').split(/[\s,]+/).filter((entry) => entry !== '')
  for (const entry of entries) {
    try {
      readRange(entry)
    } catch {
      throw new ConfigError(
        `${name} takes addresses or ranges like 127.0.0.1, 10.0.0.0/8, with commas between, and none of everybody, not "${entry}".`,
      )
    }
  }
  return entries
}
