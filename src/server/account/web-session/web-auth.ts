import { type BetterAuthRateLimitStorage, betterAuth } from 'better-auth'
import { admin } from 'better-auth/plugins/admin'
import { username } from 'better-auth/plugins/username'
import { isUsername } from '#contract/account.ts'
import type { Database } from '#server/storage/database.ts'
import { createPasswordHashing } from './password-hashing.ts'
import { clientAddressHeader } from './sign-in-limits.ts'

const sessionSeconds = 7 * 24 * 60 * 60
/** Ten guesses a minute and address: a person who mistypes is not stopped, a program is. */
const guesses = { window: 60, max: 10 }

export type WebAuthOptions = {
  database: Database
  /** Signs the cookies. */
  secret: string
  /** Cookies go over https only. */
  secure: boolean
  /** One for all, whatever their cookies. */
  signInLimiter: BetterAuthRateLimitStorage
  warn: (message: string) => void
}

/** Password hashing, web sessions and their cookies. Which of its endpoints can be reached is said in web-auth-routes.ts. */
export function createWebAuth({ database, secret, secure, signInLimiter, warn }: WebAuthOptions) {
  return betterAuth({
    appName: 'Barkeep',
    // Never sent anywhere: each request brings the origin that it was addressed to.
    baseURL: 'http://barkeep.invalid',
    basePath: '/api/auth',
    trustedOrigins: (request) => (request ? [new URL(request.url).origin] : []),
    secret,
    database: { db: database, type: 'sqlite' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 10,
      maxPasswordLength: 256,
      password: createPasswordHashing(),
    },
    user: {
      additionalFields: {
        plan: { type: 'string', required: true, defaultValue: 'pro', input: false },
      },
    },
    // No cookie cache: a session that was ended is over for the next request.
    session: { expiresIn: sessionSeconds },
    plugins: [
      username({ minUsernameLength: 1, maxUsernameLength: 32, usernameValidator: isUsername }),
      admin({ bannedUserMessage: 'This account is banned.' }),
    ],
    rateLimit: {
      enabled: true,
      customStorage: signInLimiter,
      customRules: { '/sign-in/username': guesses, '/change-password': guesses },
    },
    advanced: {
      cookiePrefix: 'barkeep',
      useSecureCookies: secure,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'strict' },
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
      // Spelled out because the library switches both checks off by itself when it runs in tests.
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    // What is no refusal of its own (a full disk, a locked database) goes on to our error handler:
    // the library would answer an empty 500 and write the error past the log.
    onAPIError: { throw: true },
    telemetry: { enabled: false },
    logger: {
      level: 'warn',
      // Only the sentence: what comes with it may hold a name or a cookie.
      log: (_level, message) => warn(`Web session: ${message}`),
    },
  })
}

export type WebAuth = ReturnType<typeof createWebAuth>
