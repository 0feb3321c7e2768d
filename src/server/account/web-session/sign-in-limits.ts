import type { BetterAuthRateLimitStorage } from 'better-auth'
import type { FastifyRequest } from 'fastify'
import { ApiFailure } from '#server/core/failure.ts'
import { Semaphore } from '#server/core/semaphore.ts'
import { noJournal, type WindowJournal } from '#server/http/limits/window-journal.ts'

/** The longest window that is asked for here. */
const windowMs = 60_000

/**
 * A sliding window for each address and path. Its journal outlives a restart, which must not let
 * everybody guess again.
 * The library's own window lives in a module variable and follows the wall clock.
 */
export function createSignInLimiter(
  monotonic: () => number,
  journal: WindowJournal = noJournal,
): BetterAuthRateLimitStorage {
  /** Times of what was let through, oldest first. A key whose times are all over is dropped. */
  const accepted = new Map(
    [...journal.restored].map(([key, times]) => {
      return [key, { times, endsAt: (times.at(-1) ?? 0) + windowMs }] as const
    }),
  )

  function dropEnded(now: number): void {
    for (const [key, entry] of accepted) if (entry.endsAt <= now) accepted.delete(key)
  }

  return {
    async consume(key, { window, max }) {
      const now = monotonic()
      dropEnded(now)
      const times = accepted.get(key)?.times.filter((time) => time > now - window * 1000) ?? []
      const oldest = times[0]
      if (oldest !== undefined && times.length >= max) {
        return { allowed: false, retryAfter: Math.ceil((oldest + window * 1000 - now) / 1000) }
      }
      times.push(now)
      journal.note(key, now)
      accepted.set(key, { times, endsAt: now + window * 1000 })
      return { allowed: true, retryAfter: null }
    },
  }
}

const guessWindowMs = 60_000
/** Two people who mistype share it; who guesses from a thousand addresses gets no more than they. */
const maxFailures = 20
const maxKnownAddresses = 20
const tooManyWrong = 'Too many wrong passwords for this account. Wait a minute, then try again.'

type Account = {
  /** Tries at one account come one after the other: at once, all would pass the check before the first fails. */
  turn: Semaphore
  /** When a wrong password came, oldest first, in milliseconds. */
  failures: number[]
  /** From where the right password came since the start, the latest last. */
  knownAddresses: Set<string>
}

export type AccountGuesses = {
  /**
   * Signs in, unless there were too many wrong passwords for this account, from whatever address.
   * From where its owner has signed in before he still may: nobody can lock him out.
   * @throws ApiFailure `rate_limited`
   */
  guard(
    attempt: { username: string; address: string },
    signIn: () => Promise<Response>,
  ): Promise<Response>
}

/** Limits guessing for each account; the library limits it for each address. `monotonic` in milliseconds. */
export function createAccountGuesses(
  monotonic: () => number,
  journal: WindowJournal = noJournal,
): AccountGuesses {
  const accounts = new Map<string, Account>()
  for (const [username, failures] of journal.restored) find(username).failures = failures

  function find(username: string): Account {
    const account = accounts.get(username) ?? {
      turn: new Semaphore(1),
      failures: [],
      knownAddresses: new Set(),
    }
    accounts.set(username, account)
    return account
  }

  function fail(username: string, account: Account): void {
    const now = monotonic()
    account.failures.push(now)
    journal.note(username, now)
  }

  function forgetEnded(): void {
    const since = monotonic() - guessWindowMs
    for (const [name, { turn, failures, knownAddresses }] of accounts) {
      const isOver = (failures.at(-1) ?? 0) <= since
      if (isOver && turn.isIdle && knownAddresses.size === 0) accounts.delete(name)
    }
  }

  return {
    async guard({ username, address }, signIn) {
      forgetEnded()
      const account = find(username)
      await account.turn.acquire()
      try {
        const now = monotonic()
        account.failures = account.failures.filter((time) => time > now - guessWindowMs)
        const [oldest = now] = account.failures
        const isKnown = account.knownAddresses.has(address)
        if (account.failures.length >= maxFailures && !isKnown) {
          const retryAfter = Math.ceil((oldest + guessWindowMs - now) / 1000)
          throw new ApiFailure('rate_limited', tooManyWrong, { retryAfter })
        }
        const answer = await signIn()
        if (answer.ok) remember(account.knownAddresses, address)
        else if (answer.status === 401 && !isKnown) fail(username, account)
        return answer
      } finally {
        account.turn.release()
      }
    },
  }
}

function remember(addresses: Set<string>, address: string): void {
  addresses.delete(address)
  addresses.add(address)
  const [oldest] = addresses
  if (addresses.size > maxKnownAddresses && oldest !== undefined) addresses.delete(oldest)
}

/** Set by us on every request that better-auth sees, so nobody picks his own address. */
export const clientAddressHeader = 'x-barkeep-client-address'

export function clientAddress({ raw, server }: FastifyRequest): string {
  return server.readClient(raw).address
}
