import { browserTab, pageId as ownPageId } from './browser-tab.ts'
import type { Channel, TabEnvironment } from './tab-group.ts'

/** Who of this browser's pages is alive, and who takes over what a page left that is gone. */
export type PageClaims = {
  readonly pageId: string
  /** Resolves when other pages can know that this one is alive. */
  show(): Promise<void>
  /** True where `pageId`'s page is gone, and what it left is this page's from now on. */
  claim(pageId: string): Promise<boolean>
}

export type PageClaimsOptions = Partial<Pick<TabEnvironment, 'clock' | 'locks' | 'openChannel'>> & {
  pageId?: string
}

// A page that is being reloaded may hold its lock for a moment longer than its successor needs to ask.
const leavingMs = 2_000
// A busy page answers late.
const answerMs = 1_000

export function createPageClaims(parts: PageClaimsOptions = {}): PageClaims {
  const around = { ...browserTab(), pageId: ownPageId, ...parts }
  return around.locks ? claimByLocks(around, around.locks) : claimByMessages(around)
}

type Around = Pick<TabEnvironment, 'clock' | 'openChannel'> & { pageId: string }

/** The browser lets a page's locks go when the page goes, however it goes. */
function claimByLocks(
  { clock, pageId }: Around,
  locks: NonNullable<TabEnvironment['locks']>,
): PageClaims {
  const held = new Map<string, Promise<boolean>>()

  function hold(id: string, patienceMs: number): Promise<boolean> {
    const patience = new AbortController()
    const cancel = clock.after(patienceMs, () => patience.abort())
    return new Promise((resolve) => {
      const keep = () => {
        cancel()
        resolve(true)
        return new Promise<void>(() => {})
      }
      locks.request(`barkeep-page-${id}`, { signal: patience.signal }, keep).catch(() => {
        held.delete(id)
        resolve(false)
      })
    })
  }

  function claim(id: string): Promise<boolean> {
    const known = held.get(id) ?? hold(id, leavingMs)
    held.set(id, known)
    return known
  }
  return {
    pageId,
    claim,
    show: async () => void (await claim(pageId)),
  }
}

type Message = { type: 'ask' | 'mine'; id: string; from: string }

/** On plain http there are no locks: who is alive says so when asked. */
function claimByMessages({ clock, openChannel, pageId }: Around): PageClaims {
  const mine = new Set([pageId])
  const claiming = new Map<string, () => void>()
  let channel: Channel | null = null

  function listen() {
    if (channel !== null || openChannel === null) return
    channel = openChannel('barkeep-pages')
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      const { type, id, from } = data
      if (type === 'mine') claiming.get(id)?.()
      // Of two that ask for the same at once, one has to give way.
      else if (mine.has(id) || (claiming.has(id) && pageId < from)) post('mine', id)
    }
  }

  function post(type: Message['type'], id: string) {
    channel?.postMessage({ type, id, from: pageId } satisfies Message)
  }

  return {
    pageId,
    async show() {
      listen()
    },
    async claim(id) {
      listen()
      if (mine.has(id)) return true
      const isGone = await new Promise<boolean>((resolve) => {
        clock.after(answerMs, () => resolve(true))
        claiming.set(id, () => resolve(false))
        post('ask', id)
      })
      claiming.delete(id)
      if (isGone) mine.add(id)
      return isGone
    },
  }
}

let shared: PageClaims | null = null

/** This page's claims: one for all who ask, for a page is alive or gone as a whole. */
export function pageClaims(): PageClaims {
  shared ??= createPageClaims()
  return shared
}
