/** One tab polls for all tabs of a key; the others see its results. */
export type PollingLeader<Message> = {
  /** Whether this tab is the one that polls. */
  isLeader(): boolean
  /** Runs when this tab becomes, or is no longer, the one that polls. */
  onChange(listener: () => void): () => void
  /** Sends to the other tabs; must survive structured cloning. */
  publish(message: Message): void
  /** What other tabs publish. */
  subscribe(listener: (message: Message) => void): () => void
  close(): void
}

/** `keyId` is the key's public id: the name of the channel must never hold the key. */
export function createPollingLeader<Message>(_parts: { keyId: string }): PollingLeader<Message> {
  return {
    isLeader: () => true,
    onChange: () => () => {},
    publish() {},
    subscribe: () => () => {},
    close() {},
  }
}
