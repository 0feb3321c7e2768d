import { hkdfSync, randomBytes } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const keyBytes = 32

/**
 * The key that seals the sign-in cookies of sites: a file beside the database, of the server's own user
 * alone. A copy of the database opens none of them.
 * @throws the system's error where it can be neither read nor made
 */
export async function readOrMakeCookiesKey(dataFolder: string): Promise<Buffer> {
  const path = join(dataFolder, 'cookies-key')
  try {
    await using file = await open(path, 'wx', 0o600)
    await file.writeFile(randomBytes(keyBytes).toString('base64url'))
    await file.sync()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64url')
  if (key.length === keyBytes) return key
  throw new Error('cookies-key is damaged')
}

/**
 * The same for servers that share no folder: made from the secret that they do share. Where that is kept in the
 * database, a copy of it opens them; `BARKEEP_SESSION_SECRET` keeps it out.
 */
export function deriveCookiesKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'barkeep cookies of sites', keyBytes))
}
