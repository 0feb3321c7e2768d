import { keepWindow, takeKeptWindow } from '#app/api/gate/kept-window.ts'
import { createRateLimitGate, type RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import {
  ApiError,
  ConnectionError,
  isAbort,
  isForeign,
  isKeyRefusal,
  isTransient,
} from '#app/api/http/api-error.ts'
import { type ApiClient, createApiClient } from '#app/api/http/client.ts'
import { browserTab } from '#app/api/tabs/browser-tab.ts'
import type { TabEnvironment } from '#app/api/tabs/tab-group.ts'
import { type TextStorage, tabStorage } from '#app/lib/browser/storage.ts'
import {
  createRetryPause,
  type OnReconnect,
  onBrowserReconnect,
  retryTransient,
} from '#app/lib/retry.ts'
import { createEmitter, createStore } from '#app/lib/store.ts'
import type { Me } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'
import { createReachability, type Reachability } from './reachability.ts'

/** Why nobody is connected: never was, a person's wish, or the server refused the key. */
export type OutReason = 'fresh' | 'signed-out' | 'refused'

export type ConnectionSnapshot = {
  /** Whether the server can be reached, as far as is known. */
  online: boolean
} & (
  | {
      state: 'out' | 'connecting'
      me: null
      client: null
      gate: null
      /** What the last try, or the end of the session, ended with. */
      error: unknown
      reason: OutReason
    }
  | { state: 'in'; me: Me; client: ApiClient; gate: RateLimitGate; error: null; reason: null }
)

export type ConnectionOptions = {
  environment?: Partial<TabEnvironment>
  storage?: TextStorage
  fetch?: typeof fetch
  onReconnect?: OnReconnect
}

type Session = { key: string; client: ApiClient; gate: RateLimitGate; end: AbortController }

const keyItem = 'barkeep.key'
// A header carries nothing else.
const sendable = /^[\x21-\x7e]+$/
const askMe = { lane: 'person', purpose: 'account' } as const

/** The session of this tab: its key, and what the key opens. */
export class Connection {
  readonly #environment: TabEnvironment
  readonly #storage: TextStorage
  readonly #fetch: typeof fetch
  readonly #onReconnect: OnReconnect
  readonly #reachability: Reachability
  readonly #store
  readonly #ends = createEmitter<OutReason>()
  readonly #restores = createEmitter<ApiClient>()
  #session: Session | null = null

  constructor(parts: ConnectionOptions = {}) {
    this.#environment = { ...browserTab(), ...parts.environment }
    this.#storage = parts.storage ?? tabStorage
    this.#fetch = parts.fetch ?? ((input, init) => fetch(input, init))
    this.#onReconnect = parts.onReconnect ?? onBrowserReconnect
    this.#reachability = createReachability({
      ...this.#environment,
      fetch: this.#fetch,
      onReconnect: this.#onReconnect,
      onChange: () => this.#store.update({ online: this.#reachability.isOnline() }),
    })
    const online = this.#reachability.isOnline()
    this.#store = createStore<ConnectionSnapshot>({ ...nobody, online })
    globalThis.addEventListener?.('pagehide', () => this.#leavePage())
  }

  subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener)
  getSnapshot = (): ConnectionSnapshot => this.#store.getSnapshot()

  /** Runs when a session ends, after the key is wiped. `refused` keeps the queues, `signed-out` does not. */
  onEnd(listener: (reason: OutReason) => void): () => void {
    return this.#ends.subscribe(listener)
  }

  /** Runs when a reload goes on with the key of this tab, before it is known whose key it is. */
  onRestore(listener: (client: ApiClient) => void): () => void {
    return this.#restores.subscribe(listener)
  }

  /** Asks `/me` with `key` and keeps it for this tab. Never throws: see the snapshot's `error`. */
  async connect(key: string): Promise<void> {
    const session = this.#open(key)
    if (!sendable.test(key)) {
      this.#fail(session, refused('A key has only letters, digits and signs.'))
      return
    }
    try {
      this.#enter(session, await session.client.call(endpoints.me, askMe))
    } catch (error) {
      this.#fail(session, error)
    }
  }

  /** After a reload: connects with the key that this tab had; a server that is away is waited for. */
  async restore(): Promise<void> {
    const key = this.#storage.get(keyItem)
    if (key === null) return
    const session = this.#open(key)
    const kept = takeKeptWindow(this.#storage)
    if (kept) session.gate.takeOver(kept)
    try {
      const asking = retryTransient(() => session.client.call(endpoints.me, askMe), {
        retryPause: createRetryPause({ ...this.#environment, onReconnect: this.#onReconnect }),
        // A network that wants a sign-in of its own knows nothing about this key.
        isTransient: (error) => isTransient(error) || isForeign(error),
        signal: session.end.signal,
        onPause: (error) => {
          if (this.#session === session) this.#store.set(this.#out('fresh', error))
        },
      })
      this.#restores.emit(session.client)
      this.#enter(session, await asking)
    } catch (error) {
      this.#fail(session, error)
    }
  }

  /** Forgets the key and all that was cached for it. */
  disconnect(): void {
    this.#end('signed-out', null)
  }

  /** The key of this tab was revoked in this very tab: what its next call would be told is known. */
  noteRevoked(): void {
    this.#end('refused', refused('This key was revoked.'))
  }

  #open(key: string): Session {
    this.#close()
    const end = new AbortController()
    const gate = createRateLimitGate(this.#environment)
    const client = createApiClient({
      key,
      gate,
      fetch: this.#fetch,
      onError: (error) => this.#judge(session, error),
    })
    const session: Session = { key, client, gate, end }
    this.#session = session
    this.#store.set({ ...this.#out('fresh', null), state: 'connecting' })
    return session
  }

  #enter(session: Session, me: Me): void {
    if (this.#session !== session) return
    const { key, client, gate } = session
    this.#storage.set(keyItem, key)
    gate.join(me.key.id)
    const online = this.#reachability.isOnline()
    this.#store.set({ state: 'in', online, me, client, gate, error: null, reason: null })
  }

  /** A key that is refused is forgotten; one that a sick server did not check is good for a reload. */
  #fail(session: Session, error: unknown): void {
    if (this.#session !== session || isAbort(error)) return
    this.#close()
    if (isKeyRefusal(error)) this.#storage.remove(keyItem)
    this.#store.set(this.#out(isKeyRefusal(error) ? 'refused' : 'fresh', error))
  }

  /** Any call's error: a 401 ends the session, a lost connection may mean that there is none. */
  #judge(session: Session, error: unknown): void {
    if (this.#session !== session) return
    if (error instanceof ConnectionError) this.#reachability.noteLost()
    if (isKeyRefusal(error) && this.getSnapshot().state === 'in') this.#end('refused', error)
  }

  #end(reason: OutReason, error: unknown): void {
    this.#storage.remove(keyItem)
    this.#close()
    this.#store.set(this.#out(reason, error))
    this.#ends.emit(reason)
  }

  #close(): void {
    const session = this.#session
    this.#session = null
    session?.end.abort()
    session?.gate.close()
  }

  #leavePage(): void {
    const { me, gate } = this.getSnapshot()
    if (me) keepWindow(this.#storage, gate.keep())
  }

  #out(reason: OutReason, error: unknown): Extract<ConnectionSnapshot, { me: null }> {
    return { ...nobody, online: this.#reachability.isOnline(), reason, error }
  }
}

const nobody = {
  state: 'out',
  me: null,
  client: null,
  gate: null,
  error: null,
  reason: 'fresh',
} as const

function refused(message: string): ApiError {
  return new ApiError({ code: 'invalid_key', status: 401, message })
}

export const connection = new Connection()
