import { expect, test } from 'vitest'
import { chooseExpiry, dateFieldValue } from './key-draft.ts'

const now = new Date('2026-06-25T10:00:00').getTime()
const day = 86_400_000

test.each([
  ['30-days', 30],
  ['90-days', 90],
  ['1-year', 365],
] as const)('%s ends that many days from now', (choice, days) => {
  expect(chooseExpiry(choice, '', now)).toEqual({
    ok: true,
    expiresAt: new Date(now + days * day).toISOString(),
  })
})

test('never has no end, whatever date was typed before', () => {
  expect(chooseExpiry('never', '2026-01-01', now)).toEqual({ ok: true, expiresAt: null })
})

test('a key works until its last day is over where the person is', () => {
  expect(chooseExpiry('date', '2026-06-25', now)).toEqual({
    ok: true,
    expiresAt: new Date('2026-06-25T23:59:59').toISOString(),
  })
})

test('no date and a day that is over are refused in words', () => {
  expect(chooseExpiry('date', '', now)).toEqual({
    ok: false,
    rule: 'Choose the last day of the key.',
  })
  expect(chooseExpiry('date', '2026-06-24', now)).toMatchObject({ ok: false })
})

test('a date field is filled with the local day', () => {
  expect(dateFieldValue(new Date('2026-01-05T23:30:00').getTime())).toBe('2026-01-05')
})
