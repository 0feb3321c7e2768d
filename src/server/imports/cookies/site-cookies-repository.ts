import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
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
  /** 32 bytes. @throws the system's error where they can be neither read nor made */
  readCookiesKey(): Promise<Buffer>
  clock: Clock
  log: { warn(message: string): void }
}

const sitesMax = 100
const ivBytes = 12
const tagBytes = 16

/**
 * Rows sealed by AES-256-GCM, with a key that is not in their table (`cookies-key.ts`).
 */
export function createSiteCookies({ database, readCookiesKey, clock, log }: Deps): SiteCookies {
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
      const sealed = seal(await readCookiesKey(), writeCookiesText(cookies), boundTo(userId, site))
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
        return unseal(await readCookiesKey(), row.sealed, boundTo(userId, row.site))
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

/** Seals all rows with another key; what does not open goes. */
export async function resealCookies(
  database: Database,
  keys: { from: Buffer; to: Buffer },
): Promise<void> {
  const rows = await database.selectFrom('site_cookies').selectAll().execute()
  await database.deleteFrom('site_cookies').execute()
  for (const row of rows) {
    const bound = boundTo(row.user_id, row.site)
    const text = unsealIfFit(keys.from, row.sealed, bound)
    if (text === null) continue
    const sealed = seal(keys.to, text, bound)
    await database
      .insertInto('site_cookies')
      .values({ ...row, sealed })
      .execute()
  }
}

function unsealIfFit(key: Buffer, sealed: Uint8Array, bound: Buffer): string | null {
  try {
    return unseal(key, sealed, bound)
  } catch {
    return null
  }
}
