import { createEmitter, createStore } from '#app/lib/store.ts'
import { browserTab } from './browser-tab.ts'
import { joinTabGroup, type TabEnvironment } from './tab-group.ts'

/** One tab polls for all tabs of a key; the others see its results. */
export type PollingLeader<Message> = {
  /** Whether this tab is the one that polls. False for a moment after the start, until that is known. */
  isLeader(): boolean
  /** Runs when this tab becomes, or is no longer, the one that polls. */
  onChange(listener: () => void): () => void
  /** Sends to the other tabs; must survive structured cloning. */
  publish(message: Message): void
  /** What other tabs publish. */
  subscribe(listener: (message: Message) => void): () => void
  close(): void
}

export type PollingLeaderOptions = {
  /** The key's public id: the name of the channel must never hold the key. */
  keyId: string
  around?: Partial<TabEnvironment>
  /** Runs its listener when a person looks at this tab. */
  onSeen?: (listener: () => void) => () => void
}

/** A tab that comes into sight takes over: browsers slow the timers of hidden ones to one a minute. */
export function createPollingLeader<Message>(parts: PollingLeaderOptions): PollingLeader<Message> {
  const messages = createEmitter<Message>()
  const isLeader = createStore(false)

  const group = joinTabGroup<Message>({
    name: `barkeep-polling-${parts.keyId}`,
    around: { ...browserTab(), ...parts.around },
    onMessage: messages.emit,
    onRole: isLeader.set,
  })
  const stopWatching = (parts.onSeen ?? onTabSeen)(() => {
    if (!isLeader.getSnapshot()) group.takeLead()
  })

  return {
    isLeader: isLeader.getSnapshot,
    onChange: isLeader.subscribe,
    publish: (message) => group.post(message),
    subscribe: messages.subscribe,
    close() {
      stopWatching()
      group.leave()
    },
  }
}

function onTabSeen(listener: () => void): () => void {
  const check = () => document.visibilityState === 'visible' && listener()
  globalThis.document?.addEventListener('visibilitychange', check)
  return () => globalThis.document?.removeEventListener('visibilitychange', check)
}
