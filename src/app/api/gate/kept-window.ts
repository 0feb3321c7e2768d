import * as z from 'zod/mini'
import type { TabStorage } from '#app/api/tabs/tab-storage.ts'
import { type Slot, shiftSlots } from './slot.ts'

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
  keyId: z.string(),
  savedAt: z.number(),
  slots: z.array(slot).check(z.maxLength(10_000)),
})

export type KeptWindow = { keyId: string; slots: Slot[] }

/**
 * Carries the last minute's requests over a reload, which would otherwise look like another program's.
 * Slots' times are ages; the wall clock only measures the moment between the two pages.
 */
export function keepWindow(storage: TabStorage, { keyId, slots }: KeptWindow): void {
  storage.set(itemName, JSON.stringify({ keyId, slots, savedAt: Date.now() }))
}

/** Once, and only what the page before left within the last minute. */
export function takeKeptWindow(storage: TabStorage): KeptWindow | null {
  const text = storage.get(itemName)
  storage.remove(itemName)
  if (text === null) return null
  try {
    const { keyId, savedAt, slots } = kept.parse(JSON.parse(text))
    const age = Date.now() - savedAt
    return age >= 0 && age < 60_000 ? { keyId, slots: shiftSlots(slots, -age) } : null
  } catch {
    return null
  }
}
