import { expect, test } from 'vitest'
import { createShareBody } from '#contract/shares.ts'
import { emptyShareDraft, readShareDraft } from './share-draft.ts'
import type { AskedShare } from './sharing.tsx'

const now = Date.parse('2026-11-29T12:00:00Z')
const folder: AskedShare = { kind: 'read', what: { path: '/Films/' as never }, name: 'Films' }

test('what was typed becomes what the server takes', () => {
  const draft = { ...emptyShareDraft('Films'), name: ' Our films ', password: 'open sesame' }
  const read = readShareDraft(folder, draft, now)
  expect(read).toEqual({
    ok: true,
    body: {
      ...{ kind: 'read', path: '/Films/', name: 'Our films', password: 'open sesame' },
      expires_at: '2026-12-06T12:00:00.000Z',
    },
  })
  expect(createShareBody.safeParse(read.ok && read.body).success).toBe(true)
})

test('files are asked for up to a size, and without a password none is sent', () => {
  const asked: AskedShare = { ...folder, kind: 'upload' }
  const read = readShareDraft(asked, { ...emptyShareDraft('Films'), gigabytes: '1' }, now)
  expect(read).toMatchObject({ ok: true, body: { max_bytes: 1_000_000_000 } })
  expect(read.ok && 'password' in read.body).toBe(false)
  expect(createShareBody.safeParse(read.ok && read.body).success).toBe(true)
})

test.each([
  [{ name: '  ' }, 'name'],
  [{ password: '1234567' }, 'password'],
])('%j is told at its field', (typed, field) => {
  const read = readShareDraft(folder, { ...emptyShareDraft('Films'), ...typed }, now)
  expect(read).toEqual({ ok: false, faults: { [field]: expect.any(String) } })
})

test('a title is cut where the server would refuse it', () => {
  expect(emptyShareDraft('x'.repeat(300)).name).toHaveLength(100)
})
