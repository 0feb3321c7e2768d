/** Says that a user's folders have changed, for whatever caches them. */
export type Changes = {
  /** Resolves once all listeners of this process were called; other processes follow soon. */
  tell(userId: string): Promise<void>
  /** Returns the function that unsubscribes. */
  listen(listener: (userId: string) => void): () => void
}

/** Changes within this process. */
export function createChanges(): Changes {
  const listeners = new Set<(userId: string) => void>()
  return {
    async tell(userId) {
      for (const listener of [...listeners]) listener(userId)
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
