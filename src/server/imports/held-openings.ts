import type { PatientParts } from './open-patiently.ts'
import { openSource, type SourceOpening } from './source-opening.ts'

/** Links that were opened to look at them, and wait for their import to be run. */
export type HeldOpenings = {
  /** Opens a link for somebody; null where enough are open, for all or for this person. */
  open(url: URL, userId: string): SourceOpening | null
  /** Leaves an opening to an import, for a bounded time. */
  hold(importId: string, opening: SourceOpening): void
  /** What is held for an import, for whoever runs it; null where nothing is, or no more. */
  take(importId: string): SourceOpening | null
  /** Closes what is held for an import. */
  drop(importId: string): void
  dropAll(): void
}

/** Each is a connection whose bytes wait in the system's memory. */
const openMax = 32
const openMaxOfOne = 16
/** Most sites give up sooner on a reader that takes nothing. */
const heldMs = 10 * 60_000

/**
 * Keeps what was opened to look at it until the import has its turn. Bounded in number and time; where
 * a link cannot be held it is not opened before its turn, for opening may use it up.
 */
export function createHeldOpenings(parts: PatientParts): HeldOpenings {
  /** All that are open, with their owners: being looked at, or held. */
  const owners = new Map<SourceOpening, string>()
  const held = new Map<string, { opening: SourceOpening; timer: NodeJS.Timeout }>()

  function takeOut(importId: string): SourceOpening | null {
    const entry = held.get(importId)
    if (entry === undefined) return null
    clearTimeout(entry.timer)
    held.delete(importId)
    return entry.opening
  }

  return {
    open(url, userId) {
      const own = [...owners.values()].filter((owner) => owner === userId)
      if (owners.size >= openMax || own.length >= openMaxOfOne) return null
      const { close, ...opening } = openSource(parts, url)
      const counted: SourceOpening = {
        ...opening,
        close() {
          owners.delete(counted)
          close()
        },
      }
      owners.set(counted, userId)
      opening.opened.catch(() => owners.delete(counted))
      return counted
    },
    hold(importId, opening) {
      const drop = () => takeOut(importId)?.close()
      held.set(importId, { opening, timer: setTimeout(drop, heldMs) })
      // One that fails while it waits says nothing of what will be when its turn comes.
      opening.opened.catch(() => takeOut(importId))
    },
    take(importId) {
      const opening = takeOut(importId)
      if (opening !== null) owners.delete(opening)
      return opening
    },
    drop: (importId) => takeOut(importId)?.close(),
    dropAll() {
      for (const importId of [...held.keys()]) takeOut(importId)?.close()
    },
  }
}
