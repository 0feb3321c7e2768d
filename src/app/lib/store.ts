import { useSyncExternalStore } from 'react'

/** Tells whoever listens. */
export type Emitter<Message = void> = {
  /** The answer stops listening. */
  subscribe(listener: (message: Message) => void): () => void
  emit(message: Message): void
  /** How many listen. */
  size(): number
}

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

/** What `useSnapshot` reads: a value that is replaced as a whole, and never changed in place. */
export type ReadableStore<Snapshot> = {
  getSnapshot(): Snapshot
  /** The answer stops listening. */
  subscribe(listener: () => void): () => void
}

export type Store<Snapshot> = ReadableStore<Snapshot> & {
  set(next: Snapshot): void
  /** Replaces the snapshot by a copy with `change` in it. */
  update(change: Partial<Snapshot>): void
}

/** State outside React. Listeners run with every `set`, also of an equal value. */
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

/** Renders again when what `select` takes of the snapshot is replaced, and at nothing else. */
export function useSelected<Snapshot, Part>(
  store: ReadableStore<Snapshot>,
  select: (snapshot: Snapshot) => Part,
): Part {
  return useSyncExternalStore(store.subscribe, () => select(store.getSnapshot()))
}

/** Renders again when the snapshot is replaced by another one. */
export function useSnapshot<Snapshot>(store: ReadableStore<Snapshot>): Snapshot {
  return useSyncExternalStore(store.subscribe, store.getSnapshot)
}
