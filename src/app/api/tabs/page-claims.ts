import { browserTab, pageId as ownPageId } from './browser-tab.ts'
import type { Channel, TabEnvironment } from './tab-group.ts'

/** Tells which of this browser's pages are alive, so that one page takes over what a closed one left. */
export type PageClaims = {
  readonly pageId: string
  /** Resolves when other pages can know that this one is alive. */
  show(): Promise<void>
  /** True if the page `pageId` is gone: what it left belongs to this page from now on. */
  claim(pageId: string): Promise<boolean>
}

export type PageClaimsOptions = Partial<Pick<TabEnvironment, 'clock' | 'locks' | 'openChannel'>> & {
  pageId?: string
}

// A page that reloads may still hold its lock when the new page asks for it.
const leavingMs = 2_000
// A busy page answers late.
const answerMs = 1_000

/** Uses Web Locks where the browser has them, which is on https and localhost only; messages elsewhere. */
export function createPageClaims(options: PageClaimsOptions = {}): PageClaims {
  const environment = { ...browserTab(), pageId: ownPageId, ...options }
  return environment.locks
    ? claimByLocks(environment, environment.locks)
    : claimByMessages(environment)
}

type PageClaimsEnvironment = Pick<TabEnvironment, 'clock' | 'openChannel'> & { pageId: string }

/** The browser releases a page's locks when the page goes, even if it crashes. */
function claimByLocks(
  { clock, pageId }: PageClaimsEnvironment,
  locks: NonNullable<TabEnvironment['locks']>,
): PageClaims {
  const held = new Map<string, Promise<boolean>>()

  function hold(id: string): Promise<boolean> {
    const timeout = new AbortController()
    const cancel = clock.after(leavingMs, () => timeout.abort())
    return new Promise((resolve) => {
      const keep = () => {
        cancel()
        resolve(true)
        return new Promise<void>(() => {})
      }
      locks.request(`barkeep-page-${id}`, { signal: timeout.signal }, keep).catch(() => {
        held.delete(id)
        resolve(false)
      })
    })
  }

  function claim(id: string): Promise<boolean> {
    const known = held.get(id) ?? hold(id)
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

/** Without locks a page that is alive answers when it is asked. */
function claimByMessages({ clock, openChannel, pageId }: PageClaimsEnvironment): PageClaims {
  const mine = new Set([pageId])
  const claiming = new Map<string, () => void>()
  let channel: Channel | null = null

  function listen() {
    if (channel !== null || openChannel === null) return
    channel = openChannel('barkeep-pages')
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      const { type, id, from } = data
      if (type === 'mine') claiming.get(id)?.()
      // Of two pages that ask at once, the one with the lower id wins.
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

/** The claims of this page, shared by everyone who asks: a page is alive or gone as a whole. */
export function pageClaims(): PageClaims {
  shared ??= createPageClaims()
  return shared
}
