import type { Lane } from './gated-request.ts'

/** For how long a person who did something counts as being there. */
export const presenceMs = 15_000
/** After this long without an answer the window may look different from what is believed. */
const staleMs = 5_000

/** What the decision needs to know of the window. Times in ms by the app's clock. */
export type WindowView = {
  now: number
  limit: number
  taken: number
  /** Requests per ms that other programs make; 0 while none are known. */
  othersPace: number
  /** When the newest answered request had been sent; null before the first answer. */
  heardAt: number | null
  /** When a person last did something; null when nobody ever did. */
  activeAt: number | null
  /** When the last request that no person waits for was sent. */
  lastSentAt: number
  /** Requests of the last moments that no answer came to. */
  openSends: number
}

const minuteMs = 60_000
const usualLuck = 4
// What nobody waits for need not be sent blindly: it can wait for what a rare rush would take, too.
const blindLuck = 8

/**
 * Whether a request of `lane` may take a slot now. A person takes any slot that is thought to be free;
 * the others leave the person's reserve, and what other programs may take unseen.
 */
export function isAdmitted(lane: Lane, view: WindowView): boolean {
  const free = view.limit - view.taken
  if (lane === 'person') return free > unseen(view, ageOf(view))
  const spare = free - keptForPerson(view)
  // Room for all that others may do in a minute: no need to watch them.
  if (view.othersPace > 0 && spare > unseen(view, minuteMs)) return true
  if (isBlind(view) && view.openSends > 0) return false
  if (view.now < nextPacedAt(view)) return false
  if (!isStale(view)) return spare > unseen(view, ageOf(view))
  return spare > unseen(view, ageOf(view), blindLuck) + (view.taken > 0 ? 1 : 0)
}

/** Eight slots, or a quarter of a small window, while a person is there; one when nobody is. */
function keptForPerson({
  limit,
  activeAt,
  now,
}: Pick<WindowView, 'limit' | 'activeAt' | 'now'>): number {
  const isThere = activeAt !== null && now - activeAt < presenceMs
  return isThere ? Math.min(8, Math.ceil(limit / 4)) : Math.min(1, limit - 1)
}

/**
 * When the next request may go that no person waits for. Beside other programs requests go evenly
 * instead of in a burst: each answer tells anew what they took.
 */
export function nextPacedAt(view: WindowView): number {
  if (view.othersPace === 0) return view.lastSentAt
  const room = view.limit - keptForPerson(view) - view.othersPace * minuteMs
  return view.lastSentAt + Math.min(staleMs, minuteMs / Math.max(1, room))
}

/** Slots that others may take unseen in `ms`: at their pace, and with `luck` deviations and one more. */
function unseen({ othersPace, taken }: WindowView, ms: number, luck = usualLuck): number {
  // With none of ours in the window, waiting would not make it emptier.
  if (othersPace === 0 || taken === 0) return 0
  const expected = othersPace * Math.min(ms, minuteMs)
  return Math.ceil(expected + luck * Math.sqrt(expected) + 1)
}

function ageOf({ heardAt, now }: WindowView): number {
  return heardAt === null ? minuteMs : now - heardAt
}

function isStale(view: WindowView): boolean {
  return ageOf(view) > staleMs
}

/** Nothing was heard for a while and the window is filling: one request goes first, its answer tells. */
function isBlind(view: WindowView): boolean {
  return isStale(view) && (view.othersPace > 0 || view.taken > view.limit / 2)
}
