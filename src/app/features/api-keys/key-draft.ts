import type { NewApiKey } from '#app/features/account/web-session/web-session.ts'
import { createApiKeyBody, defaultScopes, type Scope } from '#contract/api-keys.ts'

/** What the form of a new key holds; kept by the page, so that signing in again loses nothing. */
export type KeyDraft = {
  name: string
  scopes: readonly Scope[]
  expiry: ExpiryChoice
  date: string
}

/** With the reference's default: what changes or deletes files is ticked on purpose. */
export const emptyDraft: KeyDraft = {
  ...{ name: '', scopes: defaultScopes, expiry: 'never', date: '' },
}

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

export const expiryChoices = ['never', '30-days', '90-days', '1-year', 'date'] as const
export type ExpiryChoice = (typeof expiryChoices)[number]

export const expiryLabels: Record<ExpiryChoice, string> = {
  never: 'Never',
  '30-days': '30 days',
  '90-days': '90 days',
  '1-year': '1 year',
  date: 'On a date',
}

const days: Partial<Record<ExpiryChoice, number>> = { '30-days': 30, '90-days': 90, '1-year': 365 }

export type ChosenExpiry = { ok: true; expiresAt: string | null } | { ok: false; rule: string }

/**
 * What the form chose as the wire's `expires_at`. `date` is a date field's `2027-01-31`: the key
 * works until that day ends where the person is. `now` in epoch ms.
 */
export function chooseExpiry(choice: ExpiryChoice, date: string, now: number): ChosenExpiry {
  if (choice === 'never') return { ok: true, expiresAt: null }
  const span = days[choice]
  if (span !== undefined) {
    return { ok: true, expiresAt: new Date(now + span * 86_400_000).toISOString() }
  }
  const end = new Date(`${date}T23:59:59`)
  if (Number.isNaN(end.getTime())) return { ok: false, rule: 'Choose the last day of the key.' }
  if (end.getTime() <= now) return { ok: false, rule: 'Choose today or a later day.' }
  return { ok: true, expiresAt: end.toISOString() }
}

/** A day as a date field takes it, in the person's own time zone. */
export function dateFieldValue(time: number): string {
  const date = new Date(time)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
