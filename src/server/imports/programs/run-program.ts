import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '#server/core/clock.ts'
import { ImportFailure } from '#server/imports/tasks/import-failure.ts'
import { endProcesses, killProcesses, markVariable, type ProcessFamily } from './end-processes.ts'

export type ProgramRun = {
  command: readonly [string, ...string[]]
  cwd: string
  env: Record<string, string>
  /** Names this one run, on all of this machine: a UUID. */
  mark: string
  signal: AbortSignal
  clock: Clock
  /** It is taken for hung when it writes no line for so long. */
  silentForMs: number
  onLine(line: string, source: 'stdout' | 'stderr'): void
}

const running = new Set<ProcessFamily>()
// Who presses Ctrl-C twice ends the server at once; what it runs must not stay.
process.on('exit', () => running.forEach(killProcesses))

const watchEveryMs = 250
const maxLineLength = 1_000_000

/**
 * Runs a program as the leader of its own process group and ends everything it started with it:
 * when it exits, when `signal` aborts, when it is hung. Resolves with its exit code, null when it was killed.
 * @throws the signal's reason; ImportFailure when it hung; the system's error when it cannot start
 */
export async function runProgram(run: ProgramRun): Promise<number | null> {
  run.signal.throwIfAborted()
  const [file, ...args] = run.command
  const child = spawn(file, args, {
    cwd: run.cwd,
    env: { ...run.env, [markVariable]: run.mark },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  // Handled here too, or a failed start would be an unhandled rejection while awaiting below.
  closed.catch(() => undefined)
  await once(child, 'spawn')
  const family = { group: child.pid ?? null, marks: new Set([run.mark]) }
  running.add(family)

  let lastOutput = run.clock.monotonic()
  const onLine: ProgramRun['onLine'] = (line, source) => {
    lastOutput = run.clock.monotonic()
    run.onLine(line, source)
  }
  splitLines(child.stdout, (line) => onLine(line, 'stdout'))
  splitLines(child.stderr, (line) => onLine(line, 'stderr'))

  const hung = new AbortController()
  const watch = setInterval(() => {
    if (run.clock.monotonic() - lastOutput > run.silentForMs) {
      hung.abort(new ImportFailure('site_error', 'The video page stopped answering.'))
    }
  }, watchEveryMs)
  const stop = AbortSignal.any([run.signal, hung.signal])
  try {
    const exited = once(child, 'exit', { signal: stop })
    const [code] = (await exited) as [number | null]
    return code
  } catch (error) {
    throw stop.aborted ? stop.reason : error
  } finally {
    clearInterval(watch)
    await endProcesses(family)
    running.delete(family)
    // A descendant that nobody could find may still hold the pipes open.
    await Promise.race([closed, wait(500, undefined, { ref: false })])
    child.stdout.destroy()
    child.stderr.destroy()
  }
}

function splitLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/\r?\n|\r/)
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
    // What a page's author wrote comes through here: it must not fill the memory.
    if (rest.length > maxLineLength) rest = ''
  })
  stream.on('end', () => {
    if (rest !== '') onLine(rest)
  })
}
