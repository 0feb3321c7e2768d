import type { Me } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'
import { isKeyRefusal } from './api-error.ts'
import { type ApiClient, createApiClient } from './client.ts'
import { createRateLimitGate, type RateLimitGate } from './rate-limit-gate.ts'

/** Why nobody is connected: never was, a person's wish, or the server refused the key. */
export type OutReason = 'fresh' | 'signed-out' | 'refused'

type Common = {
  /** Whether the browser thinks that there is a network. */
  online: boolean
}

export type ConnectionSnapshot = Common &
  (
    | {
        state: 'out' | 'connecting'
        me: null
        client: null
        gate: null
        /** What the last try, or the end of the session, ended with. */
        error: unknown
        reason: OutReason
      }
    | {
        state: 'in'
        me: Me
        client: ApiClient
        gate: RateLimitGate
        error: null
        reason: null
      }
  )

export type Connection = {
  subscribe(listener: () => void): () => void
  getSnapshot(): ConnectionSnapshot
  /** Asks `/me` with `key` and keeps it for this tab. Never throws: see the snapshot's `error`. */
  connect(key: string): Promise<void>
  /** After a reload: connects with the key that this tab had. */
  restore(): Promise<void>
  /** Forgets the key and all that was cached for it. */
  disconnect(): void
  /** Runs when a session ends, after the key is wiped. `refused` keeps the queues, `signed-out` does not. */
  onEnd(listener: (reason: OutReason) => void): () => void
}

const storedKey = 'barkeep.key'

/** The session of this tab. */
export function createConnection(): Connection {
  const listeners = new Set<() => void>()
  const ended = new Set<(reason: OutReason) => void>()
  let snapshot: ConnectionSnapshot = out('fresh', null)

  function out(reason: OutReason, error: unknown): ConnectionSnapshot {
    return { state: 'out', online: true, me: null, client: null, gate: null, error, reason }
  }

  function show(next: ConnectionSnapshot) {
    snapshot = next
    for (const listener of listeners) listener()
  }

  function end(reason: OutReason, error: unknown) {
    sessionStorage.removeItem(storedKey)
    snapshot.gate?.close()
    show(out(reason, error))
    for (const listener of ended) listener(reason)
  }

  async function connect(key: string) {
    const gate = createRateLimitGate()
    const client = createApiClient({
      key,
      gate,
      onError: (error) => {
        if (isKeyRefusal(error)) end('refused', error)
      },
    })
    show({ ...out('fresh', null), state: 'connecting' } as ConnectionSnapshot)
    try {
      const me = await client.call(endpoints.me, { lane: 'person', purpose: 'account' })
      sessionStorage.setItem(storedKey, key)
      show({ state: 'in', online: true, me, client, gate, error: null, reason: null })
    } catch (error) {
      show(out('refused', error))
    }
  }

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    getSnapshot: () => snapshot,
    connect,
    async restore() {
      const key = sessionStorage.getItem(storedKey)
      if (key) await connect(key)
    },
    disconnect: () => end('signed-out', null),
    onEnd(listener) {
      ended.add(listener)
      return () => ended.delete(listener)
    },
  }
}

export const connection = createConnection()
