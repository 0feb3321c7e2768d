import type * as z from 'zod/mini'
import type { createShareBody, ShareKind } from '#contract/shares.ts'
import { sharePasswordMinLength } from '#contract/shares.ts'
import type { AskedShare } from './sharing.tsx'

export const expiryDays = ['1', '7', '30', '365'] as const
export const expiryLabels = {
  '1': '1 day',
  '7': '7 days',
  '30': '30 days',
  '365': '1 year',
} as const
export const sizeGigabytes = ['1', '10', '100', '1000'] as const
export const sizeLabels = { '1': '1 GB', '10': '10 GB', '100': '100 GB', '1000': '1 TB' } as const

export type ShareDraft = {
  name: string
  days: (typeof expiryDays)[number]
  /** Of a link that asks for files. */
  gigabytes: (typeof sizeGigabytes)[number]
  password: string
}

export function emptyShareDraft(name: string): ShareDraft {
  return { name: name.slice(0, 100), days: '7', gigabytes: '10', password: '' }
}

const dayMs = 86_400_000
const gigabyte = 1_000_000_000

/** What is sent, or what is wrong with a field. `now` in epoch ms. */
export function readShareDraft(
  { kind, what }: AskedShare,
  draft: ShareDraft,
  now: number,
):
  | { ok: true; body: z.input<typeof createShareBody> }
  | { ok: false; faults: { name?: string; password?: string } } {
  const name = draft.name.trim()
  const { password } = draft
  const faults = {
    ...(name === '' && { name: 'Type what the page is to be called.' }),
    ...(password !== '' &&
      password.length < sharePasswordMinLength && {
        password: `Use at least ${sharePasswordMinLength} characters, or none for no password.`,
      }),
  }
  if (Object.keys(faults).length > 0) return { ok: false, faults }
  const expires_at = new Date(now + Number(draft.days) * dayMs).toISOString()
  return {
    ok: true,
    body: {
      ...{ kind, ...what, name, expires_at },
      ...(kind === 'upload' && { max_bytes: Number(draft.gigabytes) * gigabyte }),
      ...(password !== '' && { password }),
    },
  }
}

/** What a dialog is called, by what it makes. */
export const shareTitles: Record<ShareKind, string> = { read: 'Share', upload: 'Ask for files' }
