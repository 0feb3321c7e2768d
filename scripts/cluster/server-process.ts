import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** One server of several, as a process of its own that keeps its port over restarts. */
export type ClusterServer = {
  readonly name: string
  readonly origin: string
  /** Where its log is. */
  readonly logFile: string
  readonly pid: number | undefined
  readonly isRunning: boolean
  /** Resolves once it is ready. @throws Error with the end of its log when it ends before */
  start(): Promise<void>
  /** Resolves with its exit code, null where a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>
  signal(signal: NodeJS.Signals): void
  /** What the first start left, for whoever is first to read it; null where another server made it. */
  takeSignIn(): Promise<SignIn | null>
}

export type SignIn = { name: string; password: string; key: string }

const project = join(import.meta.dirname, '../..')
const main = join(project, 'src/server/main.js')
/** Part of every Linux (util-linux). */
const setpriv = '/usr/bin/setpriv'

type Options = {
  name: string
  port: number
  /** Is there; its log and scratch files go there. */
  folder: string
  settings: Record<string, string>
}

/** Not started yet. */
export function createClusterServer({ name, port, folder, settings }: Options): ClusterServer {
  const logFile = join(folder, `${name}.log`)
  const dataFolder = join(folder, name)
  const origin = `http://127.0.0.1:${port}`
  let child: ChildProcess | null = null

  async function start(): Promise<void> {
    await using log = await open(logFile, 'a')
    // Whoever started it may be killed: it must not go on alone.
    const node = [process.execPath, '--max-semi-space-size=4', main]
    const [command = '', ...args] = existsSync(setpriv)
      ? [setpriv, '--pdeathsig', 'KILL', ...node]
      : node
    const started = spawn(command, args, {
      env: {
        ...{ PATH: process.env.PATH, HOME: process.env.HOME },
        ...{ HOST: '127.0.0.1', PORT: String(port), BARKEEP_DATA: dataFolder },
        ...{ BARKEEP_SERVER_NAME: name, ...settings },
      },
      stdio: ['ignore', log.fd, log.fd],
      // Ctrl-C on a terminal is for whoever started it: it ends its servers one after the other.
      detached: true,
    })
    child = started
    started.once('error', () => {})
    while (!(await isReady())) {
      if (started.exitCode !== null || started.signalCode !== null) {
        const said = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-3).join('\n')
        throw new Error(`${name} ended with ${started.exitCode ?? started.signalCode}: ${said}`)
      }
      await pause(50)
    }
  }

  async function isReady(): Promise<boolean> {
    const reply = await fetch(`${origin}/readyz`, { headers: { connection: 'close' } }).catch(
      () => null,
    )
    await reply?.body?.cancel()
    return reply?.status === 200
  }

  return {
    ...{ name, origin, logFile, start },
    get pid() {
      return child?.pid
    },
    get isRunning() {
      return child !== null && child.exitCode === null && child.signalCode === null
    },
    signal: (signal) => void child?.kill(signal),
    async end(signal) {
      const ending = child
      if (ending === null) return null
      const hasEnded = ending.exitCode !== null || ending.signalCode !== null
      const ended = hasEnded ? null : once(ending, 'exit')
      ending.kill(signal)
      await ended
      return ending.exitCode
    },
    async takeSignIn() {
      const file = join(dataFolder, 'first-sign-in.txt')
      const text = await readFile(file, 'utf8').catch(() => null)
      if (text === null) return null
      await rm(file)
      const of = (label: string) => new RegExp(`${label}\\s+(\\S+)`).exec(text)?.[1] ?? ''
      return { name: of('Name'), password: of('Password'), key: of('API key') }
    },
  }
}
