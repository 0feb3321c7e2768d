import * as z from 'zod/mini'
import type { TextStorage } from '#app/lib/browser/storage.ts'
import { type Slot, shiftSlots } from './gated-request.ts'

const itemName = 'barkeep.window'

const slot = z.object({
  id: z.string(),
  purpose: z.enum(['browsing', 'uploads', 'imports', 'account', 'other']),
  sentAt: z.number(),
  since: z.optional(z.number()),
  endedAt: z.nullable(z.number()),
  isAccepted: z.boolean(),
  freesAt: z.number(),
})

const kept = z.object({
  savedAt: z.number(),
  limit: z.number(),
  slots: z.array(slot).check(z.maxLength(10_000)),
})

/** A page's window for the page after it: how large it is, and the slots taken, with their times as ages. */
export type KeptWindow = { limit: number; slots: Slot[] }

/**
 * Carries the last minute's requests over a reload, which would otherwise look like another program's.
 * The wall clock only measures the moment between the two pages.
 */
export function keepWindow(storage: TextStorage, window: KeptWindow): void {
  storage.set(itemName, JSON.stringify({ ...window, savedAt: Date.now() }))
}

/** Once, and only what the page before left within the last minute. */
export function takeKeptWindow(storage: TextStorage): KeptWindow | null {
  const text = storage.get(itemName)
  storage.remove(itemName)
  if (text === null) return null
  try {
    const { savedAt, limit, slots } = kept.parse(JSON.parse(text))
    const age = Date.now() - savedAt
    return age >= 0 && age < 60_000 ? { limit, slots: shiftSlots(slots, -age) } : null
  } catch {
    return null
  }
}
