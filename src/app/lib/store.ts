import { useSyncExternalStore } from 'react'

/** Calls its listeners with a message. */
export type Emitter<Message = void> = {
  /** The answer stops listening. */
  subscribe(listener: (message: Message) => void): () => void
  emit(message: Message): void
  /** The number of listeners. */
  size(): number
}

/** For what has no current value; for state there is `createStore`. */
export function createEmitter<Message = void>(): Emitter<Message> {
  const listeners = new Set<(message: Message) => void>()
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    emit(message) {
      for (const listener of listeners) listener(message)
    },
    size: () => listeners.size,
  }
}

/** A value that is replaced as a whole and never changed in place. */
export type ReadableStore<Snapshot> = {
  getSnapshot(): Snapshot
  /** The answer stops listening. */
  subscribe(listener: () => void): () => void
}

export type Store<Snapshot> = ReadableStore<Snapshot> & {
  set(next: Snapshot): void
  /** Sets a copy of the snapshot with `change` in it. */
  update(change: Partial<Snapshot>): void
}

/** State outside React. Every `set` calls the listeners, even with an equal value. */
export function createStore<Snapshot>(initial: Snapshot): Store<Snapshot> {
  const { subscribe, emit } = createEmitter()
  let snapshot = initial
  const set = (next: Snapshot) => {
    snapshot = next
    emit()
  }
  return {
    getSnapshot: () => snapshot,
    subscribe,
    set,
    update: (change) => set({ ...snapshot, ...change }),
  }
}

/** Renders again only when the selected part is replaced. */
export function useSelected<Snapshot, Part>(
  store: ReadableStore<Snapshot>,
  select: (snapshot: Snapshot) => Part,
): Part {
  return useSyncExternalStore(store.subscribe, () => select(store.getSnapshot()))
}

/** Renders again whenever the snapshot is replaced. */
export function useSnapshot<Snapshot>(store: ReadableStore<Snapshot>): Snapshot {
  return useSyncExternalStore(store.subscribe, store.getSnapshot)
}
