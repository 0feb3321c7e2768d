import type { Lane } from './rate-limit-gate.ts'

/** For how long a person who did something counts as being there. */
export const presenceMs = 15_000
/** After this long without an answer the window may look different from what is believed. */
export const staleMs = 5_000

/** What the decision needs to know of the window. Times in ms by the app's clock. */
export type WindowView = {
  now: number
  limit: number
  taken: number
  /** How many of the taken ones are other programs'. */
  others: number
  /** When the newest answered request had been sent; null before the first answer. */
  heardAt: number | null
  /** When a person last did something; null when nobody ever did. */
  activeAt: number | null
  /** Requests of the last moments that no answer came to. */
  openSends: number
}

/**
 * Whether a request of `lane` may take a slot now. A person takes any slot that is thought to be free;
 * the others leave the person's reserve, and what an unseen program may have taken meanwhile.
 */
export function isAdmitted(lane: Lane, view: WindowView): boolean {
  const free = view.limit - view.taken
  if (lane === 'person') return free > unseenSlots(view)
  if (isBlind(view) && view.openSends > 0) return false
  return free > keptForPerson(view) + unseenSlots(view) + (isStale(view) ? 1 : 0)
}

/** Eight slots, or a quarter of a small window, while a person is there; one when nobody is. */
export function keptForPerson({
  limit,
  activeAt,
  now,
}: Pick<WindowView, 'limit' | 'activeAt' | 'now'>) {
  const isThere = activeAt !== null && now - activeAt < presenceMs
  return isThere ? Math.min(8, Math.ceil(limit / 4)) : Math.min(1, limit - 1)
}

/**
 * Slots that other programs may have taken since the server last told: at the pace of their last
 * minute, and luck of four deviations. Nothing while none is known.
 */
export function unseenSlots({ others, heardAt, now }: WindowView): number {
  if (others === 0) return 0
  const age = heardAt === null ? staleMs : now - heardAt
  const expected = Math.min(others, (others * age) / 60_000)
  return Math.ceil(expected + 4 * Math.sqrt(expected) + 1)
}

function isStale({ heardAt, now }: WindowView): boolean {
  return heardAt === null || now - heardAt > staleMs
}

/** Nothing was heard for a while and the window is filling: one request goes first, and its answer tells. */
function isBlind(view: WindowView): boolean {
  return isStale(view) && (view.others > 0 || view.taken > view.limit / 2)
}
