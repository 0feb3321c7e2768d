import { randomBytes, randomUUID } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The secret that signs session cookies: made on the first start and kept beside the database,
 * readable by the server's own user alone.
 */
export async function readSessionSecret(dataFolder: string): Promise<string> {
  const path = join(dataFolder, 'session-secret')
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
  await writeOnce(path, randomBytes(32).toString('base64url'))
  return await readFile(path, 'utf8')
}

/** The file appears whole or not at all, and the first of two processes that start at once wins. */
async function writeOnce(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  try {
    await using file = await open(draft, 'wx', 0o600)
    await file.writeFile(text)
    await file.sync()
    await link(draft, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
