import { expect, vi } from 'vitest'
import {
  type Subscription,
  subscriptionReply,
  subscriptionsReply,
} from '#contract/subscriptions.ts'
import type { TestImportServer } from './import-server.ts'

/** Asks a test server for subscriptions to lists of its site. */
export function subscriptionClient({ server, site }: TestImportServer) {
  const ask = async (what: string, body: object, init = {}) =>
    await server.post(`/api/v1/subscriptions/${what}`, body, init)
  const list = async (init = {}): Promise<Subscription[]> => {
    const reply = await server.get('/api/v1/subscriptions', init)
    return subscriptionsReply.parse(await reply.json()).subscriptions
  }
  const find = async (id: string) => (await list()).find((one) => one.id === id)
  return {
    ...{ ask, list, find },
    async create(link: string, more: object = {}, init = {}): Promise<Subscription> {
      const body = { url: site.origin + link, folder: '/Talks/', quality: '360', ...more }
      const reply = await ask('create', body, init)
      return subscriptionReply.parse(await reply.json()).subscription
    },
    /** Waits until a look has ended that was not the one of `before`. */
    waitForLook: (id: string, before: string | null = null) =>
      vi.waitFor(
        async () => {
          const found = await find(id)
          expect(found).toMatchObject({ is_looking: false })
          expect(found?.last_look).not.toBe(before)
          return found
        },
        { timeout: 60_000, interval: 100 },
      ),
  }
}
