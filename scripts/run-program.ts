import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs a program to its end and returns what it printed. It reads nothing from the terminal, so that
 * one that asks a question fails instead of waiting.
 * @throws Error with the last line it printed, when it fails, cannot start, or takes longer than `seconds`.
 */
export async function runProgram(
  command: string,
  args: string[],
  options: { seconds: number; env?: Record<string, string | undefined> },
): Promise<string> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.seconds * 1000,
    killSignal: 'SIGKILL',
    env: { ...process.env, ...options.env },
  })
  let output = ''
  const read = (chunk: Buffer) => {
    output = (output + chunk).slice(-20_000)
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const [code] = await once(child, 'close')
  if (code === 0) return output
  const lastLine = output.trim().split('\n').at(-1)
  throw new Error(`${command} failed: ${lastLine || `exit code ${code}`}`)
}
