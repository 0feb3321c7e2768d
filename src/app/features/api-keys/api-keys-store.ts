import { useEffect, useState } from 'react'
import { serverDescription } from '#app/api/session/server-description.ts'
import {
  type Credentials,
  createWebSession,
  type MadeApiKey,
  type NewApiKey,
  type WebSession,
  WebSessionError,
} from '#app/features/account/web-session/web-session.ts'
import { createStore, useSnapshot } from '#app/lib/store.ts'
import type { OwnedApiKey } from '#contract/api-keys.ts'

/**
 * `loading` until the server told who is signed in; `signed-out` shows the form, `hasEnded` says that
 * there was a session before; `unreachable` is a server that does not answer; `elsewhere` is a gateway,
 * whose service has the accounts.
 */
export type ApiKeysSnapshot = {
  state: 'loading' | 'signed-out' | 'signed-in' | 'unreachable' | 'elsewhere'
  hasEnded: boolean
  username: string
  keys: readonly OwnedApiKey[]
}

export type ApiKeysStore = ReturnType<typeof createApiKeysStore>

const start: ApiKeysSnapshot = { state: 'loading', hasEnded: false, username: '', keys: [] }

/**
 * The keys of whoever is signed in, kept outside React. The actions throw `WebSessionError` for the
 * form that called them; a session that has ended shows in the snapshot as well.
 */
export function createApiKeysStore(session: WebSession, hasAccounts: () => Promise<boolean>) {
  const { getSnapshot, subscribe, update: show } = createStore(start)

  async function watched<Value>(work: Promise<Value>): Promise<Value> {
    return work.catch((error: unknown) => {
      if (error instanceof WebSessionError && error.fault === 'ended') {
        show({ state: 'signed-out', hasEnded: true, keys: [] })
      }
      throw error
    })
  }

  async function readAll(): Promise<void> {
    if (!(await hasAccounts())) return show({ ...start, state: 'elsewhere' })
    const username = await session.username()
    if (username === null) return show({ ...start, state: 'signed-out' })
    show({ state: 'signed-in', hasEnded: false, username, keys: await watched(session.listKeys()) })
  }

  return {
    subscribe,
    getSnapshot,

    /** Asks who is signed in, and for the keys. Never throws: what fails shows in the snapshot. */
    async load(): Promise<void> {
      await readAll().catch((error: unknown) => {
        const hasEnded = error instanceof WebSessionError && error.fault === 'ended'
        if (!hasEnded) show({ state: 'unreachable' })
      })
    },
    async signIn(credentials: Credentials): Promise<void> {
      await session.signIn(credentials)
      await readAll()
    },
    async signOut(): Promise<void> {
      await session.signOut()
      show({ ...start, state: 'signed-out' })
    },
    async create(key: NewApiKey): Promise<MadeApiKey> {
      const made = await watched(session.createKey(key)).catch(async (error: unknown) => {
        // Keys are made elsewhere too: what is shown may be why this one seemed possible.
        await session.listKeys().then(
          (keys) => show({ keys }),
          () => {},
        )
        throw error
      })
      show({ keys: [made.key, ...getSnapshot().keys] })
      return made
    },
    async revoke(id: string): Promise<void> {
      await watched(session.revokeKey(id)).catch((error: unknown) => {
        // Somebody else was faster: what was wanted is done.
        if (!(error instanceof WebSessionError && error.fault === 'gone')) throw error
      })
      show({ keys: getSnapshot().keys.filter((key) => key.id !== id) })
    },
  }
}

/** The key ring of this page, asked for what the server knows when the page opens. */
export function useApiKeysStore(): { ring: ApiKeysStore; snapshot: ApiKeysSnapshot } {
  const [ring] = useState(() => createApiKeysStore(createWebSession(), hasAccounts))
  const snapshot = useSnapshot(ring)
  useEffect(() => void ring.load(), [ring])
  return { ring, snapshot }
}

/** Where nobody says what this server is, asking for the session is worth a try. */
async function hasAccounts(): Promise<boolean> {
  return (await serverDescription.read())?.mode !== 'gateway'
}
