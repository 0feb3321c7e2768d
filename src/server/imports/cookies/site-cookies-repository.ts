import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CookieSite } from '#contract/cookies.ts'
import { type Clock, isoTime } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Database } from '#server/storage/database.ts'
import { isOfSite, readCookies, readSite, writeCookiesText } from './read-cookies.ts'

/** Sign-in cookies of sites, of each person their own. They are used, and never told. */
export type SiteCookies = {
  /** Keeps those of one site, in place of what was kept. @throws ApiFailure `invalid_request` */
  save(userId: string, site: string, text: string): Promise<CookieSite>
  list(userId: string): Promise<CookieSite[]>
  delete(userId: string, site: string): Promise<void>
  /** A cookies.txt for the site of this address; null where none are kept, or they cannot be read. */
  textFor(userId: string, url: URL): Promise<string | null>
}

type Deps = {
  database: Database
  dataFolder: string
  clock: Clock
  log: { warn(message: string): void }
}

const sitesMax = 100
const keyBytes = 32
const ivBytes = 12
const tagBytes = 16

/**
 * Rows sealed by AES-256-GCM. The key is a file beside the database, of the server's own user alone: a
 * copy of the database opens none of them.
 */
export function createSiteCookies({ database, dataFolder, clock, log }: Deps): SiteCookies {
  const readKey = () => readOrMakeKey(join(dataFolder, 'cookies-key'))

  async function list(userId: string): Promise<CookieSite[]> {
    const rows = await database
      .selectFrom('site_cookies')
      .select(['site', 'amount', 'saved_at'])
      .where('user_id', '=', userId)
      .orderBy('site')
      .execute()
    return rows.map(({ site, amount, saved_at }) => ({
      ...{ site, cookies: amount, saved_at: isoTime(saved_at) },
    }))
  }

  return {
    list,
    async save(userId, named, text) {
      const site = readSite(named)
      const cookies = readCookies(text, site, clock.now())
      const others = (await list(userId)).filter((other) => other.site !== site)
      if (others.length >= sitesMax) {
        throw new ApiFailure('invalid_request', `Cookies of at most ${sitesMax} sites are kept.`)
      }
      const sealed = seal(await readKey(), writeCookiesText(cookies), boundTo(userId, site))
      const saved_at = clock.now()
      const row = { amount: cookies.length, sealed, saved_at }
      await database
        .insertInto('site_cookies')
        .values({ user_id: userId, site, ...row })
        .onConflict((conflict) => conflict.columns(['user_id', 'site']).doUpdateSet(row))
        .execute()
      return { site, cookies: cookies.length, saved_at: isoTime(saved_at) }
    },
    async delete(userId, named) {
      await database
        .deleteFrom('site_cookies')
        .where('user_id', '=', userId)
        .where('site', '=', readSite(named))
        .execute()
    },
    async textFor(userId, { hostname }) {
      const rows = await database
        .selectFrom('site_cookies')
        .select(['site', 'sealed'])
        .where('user_id', '=', userId)
        .execute()
      const row = rows.find(({ site }) => isOfSite(hostname.replace(/\.$/, ''), site))
      if (row === undefined) return null
      try {
        return unseal(await readKey(), row.sealed, boundTo(userId, row.site))
      } catch {
        log.warn(
          'Cookies of a site cannot be opened: cookies-key is another than they were sealed with.',
        )
        return null
      }
    },
  }
}

/** A row that is copied to another person or site does not open. */
function boundTo(userId: string, site: string): Buffer {
  return Buffer.from(JSON.stringify([userId, site]))
}

function seal(key: Buffer, text: string, bound: Buffer): Uint8Array {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(bound)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed])
}

/** @throws where it was changed, or sealed with another key */
function unseal(key: Buffer, sealed: Uint8Array, bound: Buffer): string {
  const bytes = Buffer.from(sealed)
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes))
  decipher.setAAD(bound).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
  const text = decipher.update(bytes.subarray(ivBytes + tagBytes))
  return Buffer.concat([text, decipher.final()]).toString('utf8')
}

/** @throws the system's error where it can be neither read nor made */
async function readOrMakeKey(path: string): Promise<Buffer> {
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
