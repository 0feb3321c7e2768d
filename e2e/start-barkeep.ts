import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endpoints } from '#contract/endpoints.ts'
import type { FilesPage } from '#contract/files.ts'
import type { UploadReply } from '#contract/uploads.ts'
import { runCli } from '#server/cli/run-cli.ts'
import { readConfig } from '#server/core/config.ts'
import { lanName } from './lan-name.ts'
import { type Cable, startCable } from './start-cable.ts'

/**
 * Environment variables of the server; `PORT`, data folder and public address are set already. With the
 * `HOST` 0.0.0.0 the address is that of another machine's browser: see `lanName`.
 */
export type Settings = Record<string, string>

export type Account = {
  username: string
  password: string
  /** Its first key, with every scope. */
  key: string
}

/** A server, as one of its accounts sees it. */
export type Barkeep = Account & {
  /** Through the cable: what the browser is given. */
  origin: string
  cable: Cable
  createKey(options: { scopes?: string; expires?: string }): Promise<string>
  /** Does what `./barkeep …` does on the same data. */
  run(...args: string[]): Promise<string>
  upload(file: {
    folder?: string
    name: string
    bytes?: Uint8Array<ArrayBuffer> | string
  }): Promise<UploadReply>
  list(folder: string): Promise<FilesPage>
  /** Ends the server the hard way and starts it again on the same data and address. */
  restart(): Promise<void>
}

export type BarkeepServer = AsyncDisposable & {
  /** What its first start made. */
  owner: Barkeep
  /** An account that has nothing yet, with a first key like the owner's. */
  createAccount(): Promise<Barkeep>
  /** Mends the cable, and ends what still runs for the account: nobody can use it from now on. */
  leave(account: Account): Promise<void>
}

const project = join(import.meta.dirname, '..')
const main = join(project, 'src/server/main.js')
const isListening = /listening on http/
// The last thing that a first start prints.
const isWelcoming = /API key are in (.+): read it/

/** What a first start leaves behind. */
export type FirstStart = AsyncDisposable & { dataFolder: string; owner: Account }

/** Starts the server once on an empty data folder: what follows starts on copies, in a third of the time. */
export async function runFirstStart(): Promise<FirstStart> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'barkeep-e2e-'))
  // biome-ignore lint/style/noProcessEnv: the server needs the PATH of whoever starts it
  const env = { ...process.env, HOST: '127.0.0.1', PORT: '0', BARKEEP_DATA: dataFolder }
  const server = await startProcess(env, isWelcoming)
  await server.end('SIGTERM')
  const file = isWelcoming.exec(server.output)?.[1]
  const signIn = file === undefined ? '' : await readFile(file, 'utf8')
  const key = /csb_live_\w+/.exec(signIn)?.[0] ?? ''
  const password = /Password\s+(\S+)/.exec(signIn)?.[1] ?? ''
  return {
    dataFolder,
    owner: { username: 'owner', password, key },
    [Symbol.asyncDispose]: () => rm(dataFolder, { recursive: true, force: true }),
  }
}

/** The server as people start it, on a free port and a data folder of its own. */
export async function startBarkeep(
  firstStart: FirstStart,
  settings: Settings = {},
): Promise<BarkeepServer> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'barkeep-e2e-'))
  const isGateway = settings.BARKEEP_UPSTREAM !== undefined
  if (!isGateway) await cp(firstStart.dataFolder, dataFolder, { recursive: true })
  const cable = await startCable()
  const isForNetwork = settings.HOST === '0.0.0.0'
  const origin = isForNetwork ? cable.origin.replace('127.0.0.1', lanName) : cable.origin
  const env = {
    // biome-ignore lint/style/noProcessEnv: the server needs the PATH of whoever starts it
    ...process.env,
    HOST: '127.0.0.1',
    PORT: '0',
    BARKEEP_DATA: dataFolder,
    // Links have to lead through the cable too, or they would be foreign to the page.
    BARKEEP_PUBLIC_URL: origin,
    ...settings,
  }
  let server = await startProcess(env, isListening)
  cable.plugInto(server.port)
  let accounts = 0

  /** In this process: starting one for each command takes longer than most tests. */
  async function run(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await runCli(args, () => readConfig(env))
    if (exitCode !== 0) throw new Error(`barkeep ${args.join(' ')}: ${stderr}`)
    return stdout.trim()
  }

  async function restart(): Promise<void> {
    await server.end('SIGKILL')
    server = await startProcess(env, isListening)
    cable.plugInto(server.port)
  }

  function seenBy(account: Account): Barkeep {
    return {
      ...{ ...account, origin, cable, run, restart },
      ...askAs(account, () => `http://127.0.0.1:${server.port}`),
      createKey: ({ scopes, expires }) =>
        run(
          ...['keys', 'create', '--user', account.username, '--name', 'test key'],
          ...(scopes === undefined ? [] : ['--scopes', scopes]),
          ...(expires === undefined ? [] : ['--expires', expires]),
        ),
    }
  }

  return {
    owner: seenBy(firstStart.owner),
    async createAccount() {
      accounts += 1
      const username = `owner-${accounts}`
      const password = await run('users', 'create', username)
      const scopes = await scopesOfFirstKey(run)
      const key = ['keys', 'create', '--user', username, '--name', 'First key', '--scopes', scopes]
      return seenBy({ username, password, key: await run(...key) })
    },
    async leave({ username }) {
      cable.mendAll()
      await run('users', 'set', username, '--state', 'banned')
    },
    async [Symbol.asyncDispose]() {
      await cable[Symbol.asyncDispose]()
      await server.end('SIGKILL')
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

/** `read,upload,import` and whatever else the first start gives. */
async function scopesOfFirstKey(run: Barkeep['run']): Promise<string> {
  const keys = await run('keys', 'list', '--user', 'owner')
  const scopes = /^key_\S+ +First key +\S+ +(\S+)/m.exec(keys)?.[1]
  if (scopes === undefined) throw new Error(`No first key: ${keys}`)
  return scopes
}

/** Requests with the account's first key, beside the cable. */
function askAs({ key }: Account, origin: () => string): Pick<Barkeep, 'upload' | 'list'> {
  async function ask(path: string, init: RequestInit = {}): Promise<unknown> {
    const headers = { authorization: `Bearer ${key}` }
    const answer = await fetch(`${origin()}${path}`, { ...init, headers })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
  return {
    async upload({ folder = '/', name, bytes = name }) {
      const query = new URLSearchParams({ path: folder, filename: name })
      const reply = await ask(`/api/v1/upload?${query}`, { method: 'POST', body: bytes })
      return endpoints.upload.reply.parse(reply)
    },
    async list(folder) {
      const query = new URLSearchParams({ path: folder })
      return endpoints.files.reply.parse(await ask(`/api/v1/files?${query}`))
    },
  }
}

/** @param ready what it prints once it is of use */
async function startProcess(env: NodeJS.ProcessEnv, ready: RegExp) {
  const child = spawn(process.execPath, ['--max-semi-space-size=4', main], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const closed = once(child, 'close')
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk
      if (ready.test(output)) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('close', (code) => reject(new Error(`The server ended with ${code}: ${output}`)))
  })
  return {
    port: Number(/listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1]),
    output,
    async end(signal: NodeJS.Signals) {
      child.kill(signal)
      await closed
    },
  }
}
