import { ConfigError, type Environment, wholeNumber } from './setting.ts'

/** What several servers share. */
export type SharedSettings = {
  /** Null: the database is in the data folder, of this server alone. */
  database: { url: string; maxConnections: number } | null
  /** What signs the cookies of web sessions; null: made by the first start and kept. */
  sessionSecret: string | null
}

/** @throws ConfigError when one is invalid */
export function readSharedSettings(env: Environment): SharedSettings {
  const url = databaseAddress(env, 'BARKEEP_DATABASE_URL')
  const maxConnections = wholeNumber(env, 'BARKEEP_DATABASE_POOL', {
    ...{ fallback: 10, min: 2, max: 1_000 },
  })
  return {
    database: url === null ? null : { url, maxConnections },
    sessionSecret: sessionSecret(env, 'BARKEEP_SESSION_SECRET'),
  }
}

/** What is wrong is not shown: a password may be in it. */
function databaseAddress(env: Environment, name: string): string | null {
  const text = env[name]
  if (!text) return null
  const url = URL.parse(text)
  if (url && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1) return text
  throw new ConfigError(
    `${name} must be an address like postgres://user:password@host:5432/barkeep.`,
  )
}

/** 32 random bytes in base64url; one that is shorter can be guessed. */
function sessionSecret(env: Environment, name: string): string | null {
  const text = env[name]
  if (!text) return null
  if (/^[^\p{Cc}]{43,}$/u.test(text)) return text
  throw new ConfigError(
    `${name} must have at least 43 characters. Make one with "openssl rand -base64 33".`,
  )
}
