import { type Me, meReply } from '#contract/account.ts'
import {
  type CreatedShare,
  createShareReply,
  openShareReply,
  revokeSharesReply,
  sharesReply,
} from '#contract/shares.ts'
import type { TestRequest, TestServer } from './start-test-server.ts'

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString()

/** Asks a test server for links, and goes in by them. */
export function shareClient(server: TestServer, init: TestRequest = {}) {
  const post = (path: string, body: unknown, more: TestRequest = init) =>
    server.post(`/api/v1/shares/${path}`, body, more)
  return {
    post,
    /** A `read` link that ends tomorrow unless said otherwise; with what a guest sends as key. */
    async create(wanted: object): Promise<CreatedShare & { secret: string; key: string }> {
      const reply = await post('create', { kind: 'read', expires_at: tomorrow(), ...wanted })
      const made = createShareReply.parse(await reply.json())
      const secret = new URL(made.link).hash.slice(1)
      return { ...made, secret, key: `csb_guest_${secret}` }
    },
    /** One that asks for files. */
    ask: (path: string, max_bytes: number) => ({ kind: 'upload', path, max_bytes }),
    async list() {
      const reply = await server.get('/api/v1/shares', init)
      return sharesReply.parse(await reply.json()).shares
    },
    async revoke(ids: string[]) {
      return revokeSharesReply.parse(await (await post('revoke', { ids })).json()).results
    },
    open: (secret: string, password?: string) =>
      post('open', { secret, ...(password !== undefined && { password }) }, { key: null }),
    async keyFor(secret: string, password?: string): Promise<string | null> {
      return openShareReply.parse(await (await this.open(secret, password)).json()).key
    },
    async me(key: string): Promise<Me> {
      return meReply.parse(await (await server.get('/api/v1/me', { key })).json())
    },
  }
}

/** The status and code of a refusal, `200` otherwise. */
export async function outcome(reply: Response): Promise<string> {
  if (reply.ok) return String(reply.status)
  const { code } = (await reply.json()) as { code?: string }
  return `${reply.status} ${code}`
}
