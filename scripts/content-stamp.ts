import { createHash } from 'node:crypto'
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * One hash of what the matching files of `folder` hold, by name and content: times differ in a clone,
 * a copy or an image although nothing changed. Tests do not count.
 */
export async function stampOf(folder: string, patterns: readonly string[]): Promise<string> {
  const names: string[] = []
  const found = glob(patterns, { cwd: folder, exclude: ['**/*.test.*'] })
  for await (const name of found) names.push(name)
  const hash = createHash('sha256')
  for (const name of names.sort()) {
    const bytes = await readFile(join(folder, name)).catch(ignoreFolder)
    if (bytes !== null) hash.update(`${name}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

/** The stamp that was left in `file`; null where there is none. */
export async function readStamp(file: string): Promise<string | null> {
  return await readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => null,
  )
}

function ignoreFolder(error: NodeJS.ErrnoException): null {
  if (error.code === 'EISDIR') return null
  throw error
}
