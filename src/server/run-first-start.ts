import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { FirstStart } from './account/first-start.ts'

const program = fileURLToPath(new URL('first-start-program.ts', import.meta.url))

/**
 * Makes the owner's account where there is none, as a process of its own on the same data: hashing a
 * password and the library for it take 50 MB, which the server would keep until it ends.
 */
export async function runFirstStart(): Promise<FirstStart | null> {
  const running = promisify(execFile)(process.execPath, [program])
  // Once nobody is left to show it, a password had better not be made.
  const kill = () => running.child.kill()
  process.once('exit', kill)
  const { stdout } = await running
  process.off('exit', kill)
  return JSON.parse(stdout)
}
