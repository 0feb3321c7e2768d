import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ClusterServer } from './cluster/server-process.ts'
import { type Cluster, startCluster } from './cluster/start-cluster.ts'
import { compileServer } from './compile-server.ts'

// `npm run demo:cluster`: all that several servers need, started, shown and ended by one command.

const say = (line: string) => process.stdout.write(`${line}\n`)
const project = join(import.meta.dirname, '..')

/** The first Ctrl-C ends all in order; what is not up yet is ended once it is. */
const stopped = Promise.race(
  (['SIGINT', 'SIGTERM'] as const).map((signal) => once(process, signal)),
)

const port = Number(process.env.PORT || 4000)
const portProblems: Record<string, string> = {
  EADDRINUSE: `Port ${port} is in use. Set PORT to another one.`,
  EACCES: `Port ${port} may not be used by this user. Set PORT to 1024 or more.`,
  ERR_SOCKET_BAD_PORT: 'PORT must be a whole number from 0 to 65535.',
}

async function start(): Promise<Cluster | null> {
  try {
    await requireFree()
    await compileServer(project)
    return await startCluster({ port, onStep: (step) => say(`Starting ${step} …`) })
  } catch (error) {
    const { message, code = '' } = error as NodeJS.ErrnoException
    const line = portProblems[code] ?? message
    process.stderr.write(`${line.replaceAll(/\s*\n\s*/g, ' ')}\n`)
    process.exitCode = 2
    return null
  }
}

/** Before the engines start, which takes a while. @throws Error with EADDRINUSE */
async function requireFree(): Promise<void> {
  const probe = createServer().listen(port, '127.0.0.1')
  await once(probe, 'listening')
  await once(probe.close(), 'close')
}

const awayMs = 5_000
const reviving = new Set<ClusterServer>()

/** As whatever looks after a server in service would. */
async function reviveOne(servers: readonly ClusterServer[]): Promise<void> {
  const gone = servers.find((server) => !server.isRunning && !reviving.has(server))
  if (gone === undefined) return
  reviving.add(gone)
  say(`${gone.name} has ended; the others go on. It is started again in ${awayMs / 1000} s.`)
  await pause(awayMs)
  await gone.start().catch((error: Error) => say(error.message))
  if (gone.isRunning) say(`${gone.name} is back (process ${gone.pid}).`)
  reviving.delete(gone)
}

const cluster = await start()
if (cluster !== null) {
  const { origin, servers, signIn, postgres, bucket } = cluster
  say(`
Barkeep is at ${origin}

  Name      ${signIn.name}
  Password  ${signIn.password}
  API key   ${signIn.key}

Behind it, all on this machine, and all gone with Ctrl-C:`)
  for (const { name, origin: at, pid, logFile } of servers) {
    say(`  ${name}     ${at}  (process ${pid}, log ${logFile})`)
  }
  say(`  database  ${postgres.url}
  bucket    ${bucket.endpoint}/${bucket.bucket}

Kill one and go on using the app; it is started again after a while: kill -9 ${servers[0]?.pid}`)
  const watch = setInterval(() => void reviveOne(servers), 1_000)
  await stopped
  clearInterval(watch)
  say('\nEnding all of it …')
  await cluster[Symbol.asyncDispose]()
}
process.exit()
