import { expect, test } from 'vitest'
import { emptyDraft, readDraft } from './key-draft.ts'

const now = new Date('2026-06-25T10:00:00').getTime()

test('a draft becomes what the server takes, its name trimmed', () => {
  expect(readDraft({ ...emptyDraft, name: ' laptop ', scopes: ['read'] }, now)).toEqual({
    ok: true,
    key: { name: 'laptop', scopes: ['read'], expires_at: null },
  })
})

test('an untouched draft asks for a name alone: all scopes and no end are the default', () => {
  expect(readDraft(emptyDraft, now)).toEqual({ ok: false, faults: { name: 'A key needs a name.' } })
})

test('every field that is wrong is told at once', () => {
  const draft = { name: '', scopes: [], expiry: 'date', date: '2020-01-01' } as const
  expect(readDraft(draft, now)).toEqual({
    ok: false,
    faults: {
      name: 'A key needs a name.',
      scopes: 'A key needs at least one scope.',
      date: 'Choose today or a later day.',
    },
  })
})
