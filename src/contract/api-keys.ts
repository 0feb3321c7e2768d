import * as z from 'zod/mini'
import { unseenName } from './file-name.ts'

/** What a key may do. `GET /me` needs none of them. */
export const scopes = ['upload', 'import', 'read', 'manage'] as const
export type Scope = (typeof scopes)[number]
/** Those of the reference: what a key has that was made without naming any. */
export const defaultScopes = ['upload', 'import', 'read'] as const satisfies Scope[]

export const apiKeyPrefix = 'csb_live_'
export const apiKeysPerAccount = 10

/** The key as `/me` and the list of keys show it: never the secret. Times are ISO 8601 UTC. */
export const apiKeySummary = z.object({
  id: z.string(),
  name: z.string(),
  // A newer server may know scopes that this build does not.
  scopes: z.array(z.string()),
  key_prefix: z.string().check(z.meta({ examples: ['csb_live_ab12cd...'] })),
  key_last4: z.string(),
  created_at: z.string(),
  expires_at: z.nullable(z.string()),
})

export type ApiKeySummary = z.infer<typeof apiKeySummary>

/** A key in the owner's list, with what only the owner's web session sees. */
const ownedApiKey = z.extend(apiKeySummary, {
  last_used_at: z.nullable(z.string()),
})
export type OwnedApiKey = z.infer<typeof ownedApiKey>

export const listApiKeysReply = z.object({ status: z.literal('ok'), keys: z.array(ownedApiKey) })

export const createApiKeyBody = z.object({
  name: z.string().check(
    z.trim(),
    z.minLength(1, 'A key needs a name.'),
    z.maxLength(100, 'A key name has at most 100 characters.'),
    z.refine((name) => !unseenName.test(name), 'A key name needs a character that can be seen.'),
  ),
  scopes: z._default(
    z.array(z.enum(scopes)).check(z.minLength(1, 'A key needs at least one scope.')),
    [...defaultScopes],
  ),
  expires_at: z._default(z.nullable(z.iso.datetime({ offset: true })), null),
})

export const createApiKeyReply = z.object({
  status: z.literal('ok'),
  key: ownedApiKey,
  secret: z
    .string()
    .check(z.meta({ description: 'The whole key. Shown once; only its hash is kept.' })),
})

export const revokeApiKeyBody = z.object({ id: z.string().check(z.minLength(1)) })
export const revokeApiKeyReply = z.object({ status: z.literal('ok') })
