import { ApiFailure } from './failure.ts'

/** Whose work it is: its account, and the key that started it (null where an older version noted none). */
export type AccessHolder = { keyId: string | null; userId: string }

/** What the store says of some keys and accounts. An account that is missing there is gone. */
export type AccessFacts = {
  revokedKeys: ReadonlySet<string>
  accounts: ReadonlyMap<string, { isBanned: boolean; plan: string }>
}

/** Running work must stop: its key or its account has lost access. */
export class AccessEnded extends ApiFailure {
  override name = 'AccessEnded'
}

export type WatchedAccess = Disposable & {
  /** Aborts with an `AccessEnded` at most `lookEveryMs` after the access ended, by whatever process. */
  readonly signal: AbortSignal
}

export type AccessWatch = {
  /** Watches over work until it is disposed of. Whoever starts late after authenticating asks `require` first. */
  watch(holder: AccessHolder): WatchedAccess
  /** @throws AccessEnded when the holder may not start or go on */
  require(holder: AccessHolder): Promise<void>
}

type Watched = { holder: AccessHolder; work: Set<AbortController> }

const lookEveryMs = 250

/**
 * Notices for running work that its key was revoked or its account banned: a request is checked
 * once, when it comes, and may go on for hours. It looks into the store, because the command line
 * writes there from another process; one look costs the same for one upload and for a thousand of
 * the same key, and none is made while nothing runs. An expired key stops nothing that has begun.
 */
export function createAccessWatch(
  readFacts: (holders: readonly AccessHolder[]) => Promise<AccessFacts>,
): AccessWatch {
  const watched = new Map<string, Watched>()
  let timer: NodeJS.Timeout | undefined
  let isLooking = false

  async function look(): Promise<void> {
    if (isLooking) return
    isLooking = true
    try {
      const facts = await readFacts([...watched.values()].map(({ holder }) => holder))
      for (const entry of [...watched.values()]) endWork(entry, facts)
    } catch {
      // A store that cannot be read revokes nothing; the next look may.
    } finally {
      isLooking = false
    }
  }

  return {
    watch(holder) {
      const name = JSON.stringify([holder.keyId, holder.userId])
      const entry = watched.get(name) ?? { holder, work: new Set() }
      watched.set(name, entry)
      const one = new AbortController()
      entry.work.add(one)
      timer ??= setInterval(look, lookEveryMs)
      return {
        signal: one.signal,
        [Symbol.dispose]() {
          entry.work.delete(one)
          if (entry.work.size === 0 && watched.get(name) === entry) watched.delete(name)
          if (watched.size > 0) return
          clearInterval(timer)
          timer = undefined
        },
      }
    },
    async require(holder) {
      const ended = endOf(holder, await readFacts([holder]))
      if (ended !== null) throw ended
    },
  }
}

function endWork({ holder, work }: Watched, facts: AccessFacts): void {
  const ended = endOf(holder, facts)
  if (ended !== null) for (const one of [...work]) one.abort(ended)
}

function endOf({ keyId, userId }: AccessHolder, facts: AccessFacts): AccessEnded | null {
  const account = facts.accounts.get(userId)
  if (account === undefined || account.isBanned) {
    return new AccessEnded('account_unavailable', 'The account is not available any more.')
  }
  if (account.plan !== 'pro') {
    return new AccessEnded('premium_required', 'The account has no pro plan any more.')
  }
  if (keyId !== null && facts.revokedKeys.has(keyId)) {
    return new AccessEnded('invalid_key', 'The key that started it was revoked.')
  }
  return null
}
