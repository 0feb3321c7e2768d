import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '#server/core/config.ts'

/** 32 random bytes in base64url; one that is shorter, or zeros after a power cut, can be guessed. */
const fitSecret = /^[^\p{Cc}]{43,}$/u

/**
 * The secret that signs session cookies: made on the first start and kept beside the database,
 * readable by the server's own user alone. One that is damaged or too short is replaced, which ends the web
 * sessions and nothing else. @throws ConfigError when it can be neither read nor made.
 */
export async function readSessionSecret(
  dataFolder: string,
  warn: (message: string) => void,
): Promise<string> {
  const path = join(dataFolder, 'session-secret')
  try {
    const found = await readFile(path, 'utf8').catch((error) => {
      if (hasCode(error, 'ENOENT')) return null
      throw error
    })
    if (found !== null && fitSecret.test(found.trim())) {
      if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600)
      return found
    }
    if (found !== null) {
      warn(
        `${path} was empty, damaged or too short to be safe. It was made anew: web sessions have ended.`,
      )
    }
    await writeSecret(path, { isNew: found === null })
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new ConfigError(
      `${path} can be neither read nor made (${error instanceof Error ? error.message : error}). Make it a file that this user may read and write, or take it away, and start again.`,
    )
  }
}

/** The file appears whole or not at all, and the first of two processes that start at once wins. */
async function writeSecret(path: string, { isNew }: { isNew: boolean }): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  try {
    await using file = await open(draft, 'wx', 0o600)
    await file.writeFile(randomBytes(32).toString('base64url'))
    await file.sync()
    if (isNew) await link(draft, path)
    else await rename(draft, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
