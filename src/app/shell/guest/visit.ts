import type { QueryClient } from '@tanstack/react-query'
import { createQueries, type Queries } from '#app/api/cache/queries.ts'
import { createQueryClient } from '#app/api/cache/query-client.ts'
import { ApiError, ConnectionError } from '#app/api/http/api-error.ts'
import { readReply, readText, readWindow } from '#app/api/http/read-answer.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import { Connection } from '#app/api/session/session.ts'
import { createFilesViewState, type FilesViewState } from '#app/features/files/folder/view-state.ts'
import { type TextStorage, tabStorage } from '#app/lib/browser/storage.ts'
import { forgetPictures } from '#app/lib/kept-pictures.ts'
import { createStore, type ReadableStore } from '#app/lib/store.ts'
import type { TransferSession } from '#app/shell/state/transfer-queues.ts'
import { createTransfers, type Transfers } from '#app/shell/state/transfers.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { ShareKind } from '#contract/shares.ts'

export type GuestSession = TransferSession & { queries: Queries; viewState: FilesViewState }

export type VisitState =
  | { state: 'opening' }
  /** `error`: what the last try ended with. */
  | { state: 'locked'; error: unknown; isPending: boolean }
  | { state: 'refused'; error: unknown }
  | { state: 'in'; session: GuestSession }

export type Visit = ReadableStore<VisitState> & {
  queryClient: QueryClient
  transfers: Transfers
  /** Opens the link anew, after it could not be. */
  retry(): void
  unlock(password: string): Promise<void>
}

/** Apart from what the owner's own session keeps in the same tab. */
const guestStorage: TextStorage = {
  get: (name) => tabStorage.get(`guest.${name}`),
  set: (name, text) => tabStorage.set(`guest.${name}`, text),
  remove: (name) => tabStorage.remove(`guest.${name}`),
  names: () => [],
}

/** The key that a password opened, so that a reload does not ask for it again. */
const openedItem = 'opened'

/** Comes in by a link: from what stands behind its `#` to a session of its own. */
export function createVisit(secret: string): Visit {
  const store = createStore<VisitState>({ state: 'opening' })
  const sessions = createStore<GuestSession | null>(null)
  const queryClient = createQueryClient()
  const connection = new Connection({ storage: guestStorage })

  connection.subscribe(() => {
    const { state, me, client, gate, error } = connection.getSnapshot()
    if (state === 'in' && client !== sessions.getSnapshot()?.client) {
      const queries = createQueries({ client, me, readAdditions, early: undefined })
      const viewState = createFilesViewState()
      const session = { me, client, gate, connectedAt: gate.now(), queries, viewState }
      sessions.set(session)
      store.set({ state: 'in', session })
    } else if (state === 'out' && error) {
      guestStorage.remove(openedItem)
      sessions.set(null)
      queryClient.clear()
      forgetPictures()
      store.set({ state: 'refused', error })
    }
  })

  async function open(password?: string): Promise<void> {
    const { key } = await askFor(secret, password)
    if (key === null) store.set({ state: 'locked', error: null, isPending: false })
    else await enter(key)
  }

  async function enter(key: string): Promise<void> {
    guestStorage.set(openedItem, JSON.stringify([secret, key]))
    await connection.connect(key)
  }

  async function begin(): Promise<void> {
    store.set({ state: 'opening' })
    try {
      const kept = readKept(secret)
      if (kept !== null) await connection.connect(kept)
      else await open()
    } catch (error) {
      store.set({ state: 'refused', error })
    }
  }

  void begin()
  return {
    subscribe: store.subscribe,
    getSnapshot: store.getSnapshot,
    queryClient,
    transfers: createTransfers({ session: sessions, findCache: () => null }),
    retry: () => void begin(),
    async unlock(password) {
      store.set({ state: 'locked', error: null, isPending: true })
      try {
        await open(password)
      } catch (error) {
        const isWrong = error instanceof ApiError && !hasEnded(error)
        store.set(
          isWrong || error instanceof ConnectionError
            ? { state: 'locked', error, isPending: false }
            : { state: 'refused', error },
        )
      }
    },
  }
}

/** Whether there is no use in trying another password. */
function hasEnded({ code }: ApiError): boolean {
  return ['invalid_key', 'expired_key', 'account_unavailable', 'premium_required'].includes(code)
}

function readKept(secret: string): string | null {
  try {
    const [of, key] = JSON.parse(guestStorage.get(openedItem) ?? '[]') as unknown[]
    return of === secret && typeof key === 'string' ? key : null
  } catch {
    return null
  }
}

/** @throws ApiError, ConnectionError */
async function askFor(
  secret: string,
  password: string | undefined,
): Promise<{ kind: ShareKind | string; key: string | null }> {
  const endpoint = endpoints.openShare
  const body = JSON.stringify({ secret, ...(password !== undefined && { password }) })
  const headers = { 'content-type': 'application/json' }
  let answer: Response
  try {
    const init = { method: endpoint.method, headers, body } as const
    answer = await fetch(endpoint.path, { ...init, credentials: 'omit', cache: 'no-store' })
  } catch (error) {
    throw new ConnectionError('The server did not answer.', { cause: error })
  }
  const text = await readText(answer)
  return readReply(endpoint, { status: answer.status, text, ...readWindow(answer.headers) })
}

const readAdditions = async () => (await serverDescription.read())?.additions ?? []
