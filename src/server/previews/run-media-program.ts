import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PreviewFailure } from './preview-failure.ts'

/** ffmpeg and what belongs to it, as absolute paths; `setpriv` ends a program with its parent. */
export type MediaPrograms = { ffmpeg: string; ffprobe: string | null; setpriv: string | null }

export type MediaLimits = { timeoutMs: number; memoryBytes: number }

export const mediaLimits: MediaLimits = { timeoutMs: 20_000, memoryBytes: 1.5 * 1024 ** 3 }

type ProgramRun = MediaLimits & {
  command: readonly [string, ...string[]]
  cwd: string
  setpriv: string | null
  signal: AbortSignal
}

const maxOutput = 1024 * 1024

/**
 * Runs ffmpeg or ffprobe with bounds on time, processor and memory and gives what it printed. Whatever
 * it does, all of its process group is gone afterwards.
 * @throws PreviewFailure where it fails, hangs or prints too much; the signal's reason
 */
export async function runMediaProgram(run: ProgramRun): Promise<string> {
  run.signal.throwIfAborted()
  const limits = `ulimit -d ${Math.floor(run.memoryBytes / 1024)}; ulimit -t ${Math.ceil(run.timeoutMs / 1000)}`
  const parent = run.setpriv === null ? [] : [run.setpriv, '--pdeathsig', 'KILL', '--']
  const shell = ['-c', `{ ${limits}; } 2>/dev/null; exec nice -n 10 "$@"`, 'sh']
  const child = spawn('/bin/sh', [...shell, ...parent, ...run.command], {
    cwd: run.cwd,
    env: { PATH: '/usr/bin:/bin', HOME: run.cwd },
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const group = child.pid
  const end = () => {
    try {
      if (group !== undefined) process.kill(-group, 'SIGKILL')
    } catch {
      // It is gone.
    }
  }
  process.once('exit', end)
  const stop = AbortSignal.any([run.signal, AbortSignal.timeout(run.timeoutMs)])
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (output.length > maxOutput) end()
  })
  try {
    const [code] = (await once(child, 'close', { signal: stop })) as [number | null]
    if (code !== 0 || output.length > maxOutput) {
      throw new PreviewFailure('unreadable', `${run.command[0]} ended with ${code}`)
    }
    return output
  } catch (error) {
    run.signal.throwIfAborted()
    if (!stop.aborted) throw error
    throw new PreviewFailure('gave up', `${run.command[0]} took over ${run.timeoutMs} ms`)
  } finally {
    end()
    process.off('exit', end)
    child.stdout.destroy()
  }
}
