import { type ServerDescription, serverReply } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'

/**
 * What stands behind this address, asked once and without a key, when the first part of the screen
 * wants to know. Null until then, and where the answer is none of ours.
 */
export function createServerDescription(send: typeof fetch = (input, init) => fetch(input, init)) {
  const listeners = new Set<() => void>()
  let described: ServerDescription | null = null
  let asking: Promise<void> | null = null

  async function ask(): Promise<void> {
    try {
      const reply = await send(endpoints.server.path, { credentials: 'omit' })
      const parsed = serverReply.safeParse(await reply.json())
      if (reply.ok && parsed.success) described = parsed.data
    } catch {
      // No server, or a page instead of JSON: the next part that wants to know asks again.
    }
    asking = null
    for (const listener of listeners) listener()
  }

  async function read(): Promise<ServerDescription | null> {
    if (described === null) {
      asking ??= ask()
      await asking
    }
    return described
  }

  return {
    /** The answer as soon as there is one. Never throws. */
    read,
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      void read()
      return () => listeners.delete(listener)
    },
    getSnapshot: () => described,
  }
}

export const serverDescription = createServerDescription()
