import type * as z from 'zod/mini'
import type { Scope } from './api-keys.ts'

/** A row of the table of endpoints (`endpoints.ts`). */
export type Endpoint = {
  method: 'GET' | 'POST' | 'HEAD' | 'PATCH' | 'DELETE'
  /** `:id` stands for one segment. */
  path: string
  /** `key`: a Bearer key; `session`: the web session's cookie, never a key; `open`: anybody. */
  access: 'key' | 'session' | 'open'
  /** The scope a key needs; null where any valid key will do. */
  scope: Scope | null
  query: z.ZodMiniType
  /** A JSON schema, `bytes` for a raw stream, `form` for multipart/form-data, or nothing. */
  body: z.ZodMiniType | 'bytes' | 'form' | null
  reply: z.ZodMiniType
  /** How it succeeds; 200 if left out. Where it is given, headers say it all: there is no body. */
  success?: 200 | 201 | 204
  /** v1 lets it be there. The app uses it where `GET /api/server` names it. */
  isAddition?: true
}
