import { createApiKeyBody, type Scope, scopes } from '#contract/api-keys.ts'
import { chooseExpiry, type ExpiryChoice } from './key-expiry.ts'
import type { NewApiKey } from './web-session.ts'

/** What the form of a new key holds; kept by the page, so that signing in again loses nothing. */
export type KeyDraft = {
  name: string
  scopes: readonly Scope[]
  expiry: ExpiryChoice
  date: string
}

/** The reference's default is all scopes. */
export const emptyDraft: KeyDraft = { name: '', scopes, expiry: 'never', date: '' }

export type DraftFaults = { name?: string; scopes?: string; date?: string }
export type ReadDraft = { ok: true; key: NewApiKey } | { ok: false; faults: DraftFaults }

/** Checks a draft by the contract; each fault says in words what its field needs. `now` in epoch ms. */
export function readDraft(draft: KeyDraft, now: number): ReadDraft {
  const expiry = chooseExpiry(draft.expiry, draft.date, now)
  const parsed = createApiKeyBody.safeParse({ name: draft.name, scopes: draft.scopes })
  if (parsed.success && expiry.ok) {
    return { ok: true, key: { ...parsed.data, expires_at: expiry.expiresAt } }
  }
  const faults: DraftFaults = expiry.ok ? {} : { date: expiry.rule }
  for (const { path, message } of parsed.error?.issues ?? []) {
    if (path[0] === 'name') faults.name ??= message
    else faults.scopes ??= message
  }
  return { ok: false, faults }
}
