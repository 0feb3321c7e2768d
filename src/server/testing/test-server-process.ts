import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { faultMark } from './watch-replies.ts'

export type ServerProcess = AsyncDisposable & {
  readonly child: ChildProcess
  /** Resolves once it listens; rejects when it ends before. */
  readonly origin: Promise<string>
  /** The key from the file that the first start names; never comes on a later start. */
  readonly firstKey: Promise<string>
  /** Everything it has printed so far. */
  output(): { stdout: string; stderr: string }
  /** Sends `signal`; resolves with the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

const main = fileURLToPath(new URL('../main.js', import.meta.url))
/** Where the server itself keeps what it stripped of types: the watch is loaded before it can say so. */
const compiled = fileURLToPath(new URL('../../../node_modules/.cache/barkeep', import.meta.url))
const watch = new URL('watched-process.ts', import.meta.url).href

async function readFirstKey(file: string): Promise<string> {
  return /csb_live_\w+/.exec(await readFile(file, 'utf8'))?.[0] ?? ''
}

/**
 * Starts the server as `npm start` does, as a process of its own that can be killed.
 * @param isWatched whether its answers are held against the OpenAPI document; not those of a gateway,
 * which hands on what its upstream says
 */
export function startServerProcess(
  settings: Record<string, string>,
  { isWatched = settings.BARKEEP_UPSTREAM === undefined } = {},
): ServerProcess {
  const watched = isWatched ? ['--import', watch] : []
  const child = spawn(process.execPath, [...watched, main], {
    env: {
      ...{ PATH: '/usr/bin:/bin', PORT: '0', BARKEEP_YT_DLP: '/not-looked-for' },
      NODE_COMPILE_CACHE: compiled,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  const listening = Promise.withResolvers<string>()
  const firstKey = Promise.withResolvers<string>()
  listening.promise.catch(() => {})
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk
    const address = /Barkeep is at (\S+)\n/.exec(output.stdout)?.[1]
    if (address !== undefined) listening.resolve(address)
    const file = /API key are in (.+): read it/.exec(output.stdout)?.[1]
    if (file !== undefined) firstKey.resolve(readFirstKey(file))
  })
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk
  })
  const exit = once(child, 'close').then(([code]) => {
    listening.reject(new Error(`The server ended with ${code}: ${output.stderr}`))
    return code as number | null
  })
  return {
    child,
    origin: listening.promise,
    firstKey: firstKey.promise,
    output: () => output,
    async end(signal) {
      child.kill(signal)
      return await exit
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exit
      const faults = output.stderr.split('\n').filter((line) => line.startsWith(faultMark))
      if (faults.length > 0) throw new Error(faults.join('\n'))
    },
  }
}
