import type { Clock } from '#app/lib/clock.ts'

/** `BroadcastChannel`, or what a test uses instead. */
export type Channel = {
  postMessage(message: unknown): void
  onmessage: ((event: MessageEvent) => unknown) | null
  close(): void
}

/** What tabs need of the browser; null where the page has none: plain http has no locks. */
export type TabEnvironment = {
  openChannel: ((name: string) => Channel) | null
  locks: Pick<LockManager, 'request'> | null
  clock: Clock
  random: () => number
  /** Calls the listener when the page goes away for good. */
  onPageEnd?: (listener: () => void) => () => void
}

export type TabGroupOptions<Message> = {
  /** Tabs with the same name are one group. */
  name: string
  environment: TabEnvironment
  /** `from` is the id of the tab that posted it. */
  onMessage: (message: Message, from: string) => void
  /** This tab has become the leader, or has ceased to be. */
  onRole: (isLeader: boolean) => void
}

/** The open tabs of one browser that share something. One of them leads. */
export type TabGroup<Message> = {
  readonly tabId: string
  /** To all other tabs. */
  post(message: Message): void
  /** Becomes the leader in place of another tab. */
  takeLead(): void
  leave(): void
}

type Election = { hear(message: unknown, from: string): void; takeLead(): void; leave(): void }

/** Joins the group; who leads is known a moment later, by `onRole`. */
export function joinTabGroup<Message>(options: TabGroupOptions<Message>): TabGroup<Message> {
  const { name, environment, onMessage } = options
  const tabId = Math.floor(environment.random() * 2 ** 52).toString(36)
  const channel = environment.openChannel?.(name) ?? null
  const send = (kind: 'election' | 'message', message: unknown) =>
    channel?.postMessage({ kind, from: tabId, message })
  const member: Member = { tabId, name, environment, onRole: options.onRole }
  const election: Election =
    channel === null
      ? leadAlone(member)
      : environment.locks
        ? electByLock(member, environment.locks)
        : electByMessages(member, (message) => send('election', message))
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

type Member = {
  tabId: string
  name: string
  environment: TabEnvironment
  onRole: (isLeader: boolean) => void
}

function leadAlone({ onRole }: Member): Election {
  let isHere = true
  // Later, so that the caller has its group when it hears of it.
  queueMicrotask(() => isHere && onRole(true))
  const leave = () => {
    isHere = false
  }
  return { hear() {}, takeLead() {}, leave }
}

/** The tab that holds the lock leads. The browser passes it on when that tab goes, even if it crashes. */
function electByLock({ name, onRole }: Member, locks: Pick<LockManager, 'request'>): Election {
  let release = () => {}
  let request = new AbortController()

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
      // Another tab took the lead; wait to get it back.
      onRole(false)
      await queue(mine, false)
    }
  }

  function begin(isTaking: boolean) {
    request.abort()
    request = new AbortController()
    void queue(request, isTaking)
  }

  begin(false)
  return {
    hear() {},
    takeLead: () => begin(true),
    leave() {
      request.abort()
      release()
    },
  }
}

type ElectionMessage =
  /** Who is here? The leader answers; of tabs that join at once, the lowest id leads. */
  { type: 'hello' } | { type: 'lead'; term: number } | { type: 'bye' }

const helloMs = 200

/** Without locks, a tab that hears of no leader for a moment leads. Of two leaders the later term wins. */
function electByMessages(member: Member, post: (message: ElectionMessage) => void): Election {
  const election = new MessageElection(member, post)
  return {
    hear: (message, from) => election.hear(message as ElectionMessage, from),
    takeLead: () => election.lead(),
    leave: () => election.leave(),
  }
}

class MessageElection {
  readonly #member: Member
  readonly #post: (message: ElectionMessage) => void
  #state: 'joining' | 'leading' | 'following' = 'joining'
  #term = 0
  #cancelWait = () => {}
  readonly #stopListening: () => void

  constructor(member: Member, post: (message: ElectionMessage) => void) {
    this.#member = member
    this.#post = post
    this.#stopListening = member.environment.onPageEnd?.(() => this.leave()) ?? (() => {})
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
    this.#member.onRole(true)
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
    this.#cancelWait = this.#member.environment.clock.after(ms, () => this.lead())
  }

  #noteEnd(): void {
    if (this.#state !== 'leading') this.#join()
  }

  #greet(from: string): void {
    if (this.#state === 'leading') this.#post({ type: 'lead', term: this.#term })
    if (this.#state !== 'joining') return
    // Its hello may have come before this tab listened, so the lower id says hello again.
    if (from < this.#member.tabId) this.#wait(2 * helloMs)
    else this.#post({ type: 'hello' })
  }

  #compare(term: number, from: string): void {
    const isOlder = term < this.#term || (term === this.#term && from > this.#member.tabId)
    if (!isOlder) this.#follow(term)
    else if (this.#state === 'leading') this.#post({ type: 'lead', term: this.#term })
  }

  #follow(term: number): void {
    this.#cancelWait()
    this.#term = term
    const wasLeading = this.#state === 'leading'
    this.#state = 'following'
    if (wasLeading) this.#member.onRole(false)
  }
}
