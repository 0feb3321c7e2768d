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
