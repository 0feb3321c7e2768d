import type { Clock } from '#app/lib/clock.ts'

/** A way to the other tabs: `BroadcastChannel`, or what a test puts in its place. */
export type Channel = {
  postMessage(message: unknown): void
  onmessage: ((event: MessageEvent) => unknown) | null
  close(): void
}

/** What this needs of the browser; `null` where the page has none (plain http has no locks). */
export type TabEnvironment = {
  openChannel: ((name: string) => Channel) | null
  locks: Pick<LockManager, 'request'> | null
  clock: Clock
  random: () => number
  /** Runs its listener when the page goes away for good. */
  onPageEnd?: (listener: () => void) => () => void
}

export type TabGroupOptions<Message> = {
  /** Tabs with the same name are one group. */
  name: string
  around: TabEnvironment
  /** `from` is the id of the tab that posted it. */
  onMessage: (message: Message, from: string) => void
  /** This tab becomes the leader, or is it no longer. */
  onRole: (isLeader: boolean) => void
}

/** The tabs of one browser that share something; one of them leads. */
export type TabGroup<Message> = {
  readonly tabId: string
  /** To all other tabs, those that have been opened since included. */
  post(message: Message): void
  /** Becomes the leader although there is one that is silent or hidden. */
  takeLead(): void
  leave(): void
}

type Election = { hear(message: unknown, from: string): void; takeLead(): void; leave(): void }

/** Joins the group; who leads is known a moment later, by `onRole`. */
export function joinTabGroup<Message>(parts: TabGroupOptions<Message>): TabGroup<Message> {
  const { name, around, onMessage } = parts
  const tabId = Math.floor(around.random() * 2 ** 52).toString(36)
  const channel = around.openChannel?.(name) ?? null
  const send = (kind: 'election' | 'message', message: unknown) =>
    channel?.postMessage({ kind, from: tabId, message })
  const seat: Seat = { tabId, name, around, onRole: parts.onRole }
  const election: Election =
    channel === null
      ? leadAlone(seat)
      : around.locks
        ? electByLock(seat, around.locks)
        : electByMessages(seat, (message) => send('election', message))
  if (channel) {
    channel.onmessage = ({ data }: MessageEvent) => {
      if (data.kind === 'election') election.hear(data.message, data.from)
      else onMessage(data.message, data.from)
    }
  }
  return {
    tabId,
    post: (message) => send('message', message),
    takeLead: () => election.takeLead(),
    leave() {
      election.leave()
      channel?.close()
    },
  }
}

type Seat = {
  tabId: string
  name: string
  around: TabEnvironment
  onRole: (isLeader: boolean) => void
}

function leadAlone({ onRole }: Seat): Election {
  let isHere = true
  // Not before the caller has its group.
  queueMicrotask(() => isHere && onRole(true))
  const leave = () => {
    isHere = false
  }
  return { hear() {}, takeLead() {}, leave }
}

/** The browser hands the lock on when its holder goes away, however it goes. */
function electByLock({ name, onRole }: Seat, locks: Pick<LockManager, 'request'>): Election {
  let release = () => {}
  let turn = new AbortController()

  async function queue(mine: AbortController, isTaking: boolean) {
    const hold = () => {
      if (mine.signal.aborted) return undefined
      onRole(true)
      return new Promise<void>((resolve) => {
        release = resolve
      })
    }
    try {
      await locks.request(name, isTaking ? { steal: true } : { signal: mine.signal }, hold)
    } catch {
      if (mine.signal.aborted) return
      // Another tab took the lead: this one waits to have it again.
      onRole(false)
      await queue(mine, false)
    }
  }

  function begin(isTaking: boolean) {
    turn.abort()
    turn = new AbortController()
    void queue(turn, isTaking)
  }

  begin(false)
  return {
    hear() {},
    takeLead: () => begin(true),
    leave() {
      turn.abort()
      release()
    },
  }
}

type ElectionMessage =
  /** Who is here? The leader answers, and of those that join at once the lowest id goes first. */
  { type: 'hello' } | { type: 'lead'; term: number } | { type: 'bye' }

const helloMs = 200

/** Without locks: who hears of no leader for a moment leads; of two leaders the later term stays. */
function electByMessages(seat: Seat, post: (message: ElectionMessage) => void): Election {
  const election = new MessageElection(seat, post)
  return {
    hear: (message, from) => election.hear(message as ElectionMessage, from),
    takeLead: () => election.lead(),
    leave: () => election.leave(),
  }
}

class MessageElection {
  readonly #seat: Seat
  readonly #post: (message: ElectionMessage) => void
  #state: 'joining' | 'leading' | 'following' = 'joining'
  #term = 0
  #cancelWait = () => {}
  readonly #stopListening: () => void

  constructor(seat: Seat, post: (message: ElectionMessage) => void) {
    this.#seat = seat
    this.#post = post
    this.#stopListening = seat.around.onPageEnd?.(() => this.leave()) ?? (() => {})
    this.#join()
  }

  hear(message: ElectionMessage, from: string): void {
    if (message.type === 'bye') this.#noteEnd()
    else if (message.type === 'hello') this.#greet(from)
    else this.#compare(message.term, from)
  }

  lead(): void {
    this.#cancelWait()
    this.#term += 1
    this.#post({ type: 'lead', term: this.#term })
    if (this.#state === 'leading') return
    this.#state = 'leading'
    this.#seat.onRole(true)
  }

  leave(): void {
    this.#cancelWait()
    this.#stopListening()
    if (this.#state === 'leading') this.#post({ type: 'bye' })
  }

  #join(): void {
    this.#state = 'joining'
    this.#post({ type: 'hello' })
    this.#wait(helloMs)
  }

  #wait(ms: number): void {
    this.#cancelWait()
    this.#cancelWait = this.#seat.around.clock.after(ms, () => this.lead())
  }

  #noteEnd(): void {
    if (this.#state !== 'leading') this.#join()
  }

  #greet(from: string): void {
    if (this.#state === 'leading') this.#post({ type: 'lead', term: this.#term })
    if (this.#state !== 'joining') return
    // Its hello may have been earlier than this tab's ears, so the lower id says it again.
    if (from < this.#seat.tabId) this.#wait(2 * helloMs)
    else this.#post({ type: 'hello' })
  }

  #compare(term: number, from: string): void {
    const isOlder = term < this.#term || (term === this.#term && from > this.#seat.tabId)
    if (!isOlder) this.#follow(term)
    else if (this.#state === 'leading') this.#post({ type: 'lead', term: this.#term })
  }

  #follow(term: number): void {
    this.#cancelWait()
    this.#term = term
    const wasLeading = this.#state === 'leading'
    this.#state = 'following'
    if (wasLeading) this.#seat.onRole(false)
  }
}
