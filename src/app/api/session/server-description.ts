import { noteServerMode } from '#app/api/http/readable-link.ts'
import { createStore } from '#app/lib/store.ts'
import { type ServerDescription, serverReply } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'

/**
 * What stands behind this address, asked once and without a key, when the first part of the screen
 * wants to know. Null until then, and where the answer is none of ours.
 */
export function createServerDescription(send: typeof fetch = (input, init) => fetch(input, init)) {
  const described = createStore<ServerDescription | null>(null)
  let asking: Promise<void> | null = null

  async function ask(): Promise<void> {
    let answer: ServerDescription | null = null
    try {
      const reply = await send(endpoints.server.path, { credentials: 'omit' })
      const parsed = serverReply.safeParse(await reply.json())
      if (reply.ok && parsed.success) answer = parsed.data
    } catch {
      // No server, or a page instead of JSON: the next part that wants to know asks again.
    }
    asking = null
    noteServerMode(answer?.mode)
    described.set(answer)
  }

  async function read(): Promise<ServerDescription | null> {
    if (described.getSnapshot() === null) {
      asking ??= ask()
      await asking
    }
    return described.getSnapshot()
  }

  return {
    /** The answer as soon as there is one. Never throws. */
    read,
    subscribe(listener: () => void): () => void {
      void read()
      return described.subscribe(listener)
    },
    getSnapshot: described.getSnapshot,
  }
}

export const serverDescription = createServerDescription()
