import { ConfigError } from '#server/core/config.ts'
import { recognizeStorageFailures } from '#server/core/failure.ts'

/** The connection, and not the statement: nobody knows whether what was sent came true. */
export class LostConnection extends Error {
  override readonly name = 'LostConnection'
}

/** The SQLSTATE that the database gave; null for what it did not say. */
export function stateOf(error: unknown): string | null {
  if (!(error instanceof Error && 'severity' in error && 'code' in error)) return null
  return String(error.code)
}

/**
 * Connection, sign-in, transactions in each other's way, resources, operator, system, damage; and what
 * was there at the start: the database, its rights, its being more than a copy that is only read. All
 * else is wrong with a statement.
 */
const failures = /^(08|28|40|53|57|58|F0|XX)|^(25006|3D000|42501|55000|55P03)$/

recognizeStorageFailures((error) => {
  if (error instanceof LostConnection) return true
  const state = stateOf(error)
  return state === null ? null : failures.test(state)
})

/** serialization_failure and deadlock_detected: nothing of the transaction came true, and it may be tried again. */
export function mayTryAgain(error: unknown): boolean {
  const state = stateOf(error)
  return state === '40001' || state === '40P01'
}

/** Where a database is, as people may read it: without its password. */
export function shownAddress(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url)
  const host = hostname || searchParams.get('host') || 'localhost'
  return `${host}:${port || 5432}${pathname}`
}

/** Why a database cannot be used, in a line for its owner; what is a mistake of ours stays as it is. */
export function explainPostgres(error: unknown, url: string): unknown {
  if (error instanceof ConfigError) return error
  const sentence = error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, ' ') : ''
  const reason = whyNot(error, decodeURIComponent(new URL(url).username))
  if (reason === null) return error
  return new ConfigError(
    `BARKEEP_DATABASE_URL: the database at ${shownAddress(url)} cannot be used (${sentence || 'no answer'}). ${reason}, and start again.`,
  )
}

function whyNot(error: unknown, user: string): string | null {
  if (error instanceof LostConnection) return 'See that PostgreSQL runs there and can be reached'
  const state = stateOf(error)
  if (state === null) return null
  if (state.startsWith('28')) return 'Set the right name and password'
  if (state === '3D000') return 'Make the database, or set the name of one that is there'
  if (state === '42501') {
    return `Let ${user || 'its user'} make and change tables there, as the database's owner may`
  }
  if (state === '53300') return 'Raise its max_connections, or lower BARKEEP_DATABASE_POOL'
  if (state === '25006') return 'Set the address of one that takes writes'
  return failures.test(state) ? 'See that PostgreSQL works there' : null
}
