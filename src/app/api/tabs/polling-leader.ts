import { createEmitter, createStore } from '#app/lib/store.ts'
import { browserTab } from './browser-tab.ts'
import { joinTabGroup, type TabEnvironment } from './tab-group.ts'

/** One tab polls for all tabs of a key and publishes what it learns. */
export type PollingLeader<Message> = {
  /** Whether this tab polls; false until that is known, a moment after the start. */
  isLeader(): boolean
  /** Calls the listener when `isLeader` changes; the answer stops listening. */
  onChange(listener: () => void): () => void
  /** Sends to the other tabs. The message must be structured-cloneable. */
  publish(message: Message): void
  /** Hears what other tabs publish; the answer stops listening. */
  subscribe(listener: (message: Message) => void): () => void
  close(): void
}

export type PollingLeaderOptions = {
  /** The key's public id: the channel's name must never contain the key. */
  keyId: string
  environment?: Partial<TabEnvironment>
  /** Calls the listener when a person looks at this tab. */
  onSeen?: (listener: () => void) => () => void
}

/** The visible tab takes over: browsers slow the timers of hidden tabs to one a minute. */
export function createPollingLeader<Message>(
  options: PollingLeaderOptions,
): PollingLeader<Message> {
  const messages = createEmitter<Message>()
  const isLeader = createStore(false)

  const group = joinTabGroup<Message>({
    name: `barkeep-polling-${options.keyId}`,
    environment: { ...browserTab(), ...options.environment },
    onMessage: messages.emit,
    onRole: isLeader.set,
  })
  const stopWatching = (options.onSeen ?? onTabSeen)(() => {
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
