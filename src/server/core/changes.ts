/** Whether a user's folders are as they were, for whatever caches them. */
export type Changes = {
  /** Another number than before once the user's folders have changed, by whatever server. */
  version(userId: string): Promise<number>
  /** The user's folders have changed. */
  tell(userId: string): Promise<void>
}

/** Changes within this process. */
export function createChanges(): Changes {
  let last = 0
  const versions = new Map<string, number>()
  return {
    version: async (userId) => versions.get(userId) ?? 0,
    async tell(userId) {
      last += 1
      versions.set(userId, last)
    },
  }
}
