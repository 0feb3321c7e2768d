import { browserTab, pageId } from '#app/api/tabs/browser-tab.ts'
import type { Channel, TabEnvironment } from '#app/api/tabs/tab-group.ts'
import type { Upload } from '#app/features/uploads/upload.ts'
import { atMostEvery } from '#app/lib/clock.ts'
import { createStore, type ReadableStore } from '#app/lib/store.ts'
import type { TransfersSnapshot } from '#app/lib/transfers/transfer-rows.ts'

/** An upload that another tab sends. Sizes in bytes. */
export type UploadElsewhere = Pick<Upload, 'id' | 'name' | 'folder' | 'size' | 'sentBytes'>

/** What the other tabs of this key send: a few that run, and how many are unfinished in all. */
export type Elsewhere = { unfinished: number; running: readonly UploadElsewhere[] }

type Message =
  /** A tab that has just come asks what the others send. */
  { type: 'hello' } | ({ type: 'sends'; from: string } & Elsewhere)

/** ms */
const tellIntervalMs = 1_000
/** ms. A tab that crashed says nothing more; one that is hidden speaks once a minute at the least. */
const longestSilenceMs = 90_000
/** More than are in sight: of a pack all run. */
const mostTold = 20

type OwnQueue = {
  subscribe(listener: () => void): () => void
  getSnapshot(): TransfersSnapshot
  all(): readonly Upload[]
}

/** Tells the other tabs of a key what this one sends, and shows what they send. Never the key itself. */
export function createOtherTabs(
  queue: OwnQueue,
  tab: Pick<TabEnvironment, 'clock' | 'openChannel' | 'onPageEnd'> & { pageId: string } = {
    ...browserTab(),
    pageId,
  },
): ReadableStore<Elsewhere> & { open(keyId: string): void; close(): void } {
  const { clock } = tab
  const store = createStore<Elsewhere>(nothing)
  const heard = new Map<string, Elsewhere & { at: number }>()
  let channel: Channel | null = null
  let toldUnfinished = 0
  let forgetLater = () => {}
  const telling = atMostEvery(clock, tellIntervalMs, tell)

  function tell(): void {
    const { unfinished } = queue.getSnapshot().totals
    if (unfinished + toldUnfinished === 0) return
    toldUnfinished = unfinished
    const running = unfinished === 0 ? [] : queue.all().filter(({ state }) => state === 'running')
    const told = running.slice(0, mostTold).map(({ id, name, folder, size, sentBytes }) => ({
      ...{ id, name, folder, size, sentBytes },
    }))
    post({ type: 'sends', from: tab.pageId, unfinished, running: told })
  }

  function post(message: Message): void {
    channel?.postMessage(message)
  }

  function show(): void {
    const now = clock.now()
    for (const [from, { at }] of heard) if (now - at > longestSilenceMs) heard.delete(from)
    const all = [...heard.values()]
    store.set({
      unfinished: all.reduce((sum, { unfinished }) => sum + unfinished, 0),
      running: all.flatMap(({ running }) => running),
    })
    forgetLater()
    if (heard.size > 0) forgetLater = clock.after(longestSilenceMs + 1, show)
  }

  function hear(message: Message): void {
    if (message.type === 'hello') {
      telling.ask()
      return
    }
    const { from, unfinished, running } = message
    if (unfinished === 0) heard.delete(from)
    else heard.set(from, { unfinished, running, at: clock.now() })
    show()
  }

  function close(): void {
    channel?.close()
    channel = null
    telling.stop()
    forgetLater()
    heard.clear()
    store.set(nothing)
  }

  queue.subscribe(() => channel && telling.ask())
  tab.onPageEnd?.(() => post({ type: 'sends', from: tab.pageId, ...nothing }))
  return {
    subscribe: store.subscribe,
    getSnapshot: store.getSnapshot,
    open(keyId) {
      close()
      channel = tab.openChannel?.(`barkeep-uploads-${keyId}`) ?? null
      if (!channel) return
      channel.onmessage = ({ data }: MessageEvent<Message>) => hear(data)
      post({ type: 'hello' })
    },
    close,
  }
}

const nothing: Elsewhere = { unfinished: 0, running: [] }
