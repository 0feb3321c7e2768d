import { execFile } from 'node:child_process'
import { access, constants, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { readStamp, stampOf } from './content-stamp.ts'

/**
 * Fills the compile cache (see src/server/start/compile-cache.js) where sources have changed since it
 * was filled. Where it cannot be, the server starts without it, and more slowly.
 */
export async function compileServer(project: string): Promise<void> {
  const file = join(project, 'node_modules/.cache/barkeep/stamp')
  const stamp = await stampOf(project, ['src/{server,contract}/**', 'package-lock.json'])
  if ((await readStamp(file)) === stamp || !(await canWrite(file))) return
  const compile = join(project, 'src/server/start/compile.js')
  try {
    await promisify(execFile)(process.execPath, ['--max-semi-space-size=2', compile])
    await writeFile(file, stamp)
  } catch {
    // The server itself says what is wrong, or does without the cache.
  }
}

/** Whether `path`, or the nearest folder that is there, can be written. */
export async function canWrite(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return false
    return await canWrite(dirname(path))
  }
}
