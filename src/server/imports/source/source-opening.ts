import type { SourcePast } from '#server/imports/tasks/import-failure.ts'
import { detectImportType, guessImportType } from './detect-import-type.ts'
import { closeBody, createSourceCookies, type OpenedUrl, type SourceCookies } from './open-url.ts'
import { type OpenDeps, openWithRetry } from './open-with-retry.ts'

export type OpenedSource = { answer: OpenedUrl; cookies: SourceCookies; past: SourcePast }

/**
 * A link that is being opened, or is open with nothing read of it. Some links work once: what was
 * opened to look at it is what gets stored.
 */
export type SourceOpening = {
  opened: Promise<OpenedSource>
  /** What the answer is; it can be read all the same. Rejects as `detectImportType` throws. */
  type: Promise<'file' | 'video'>
  /** Ends it, whoever is reading. */
  close(): void
}

/** Opens a link for one import. Whoever gets it closes it in the end. */
export function openSource(
  deps: OpenDeps,
  url: URL,
  { past = 'new' }: { past?: SourcePast } = {},
): SourceOpening {
  const stop = new AbortController()
  const cookies = createSourceCookies()
  // yt-dlp may know its way into a site that refuses us.
  const isEnough = (answer: OpenedUrl) => guessImportType(url) === 'video' && isPage(answer)
  const options = {
    ...{ signal: stop.signal, cookies, isEnough },
    onAskedToWait() {
      if (past === 'new') past = 'waited'
    },
  }
  const opened = openWithRetry(deps, url, options).then((answer) => ({ answer, cookies, past }))
  const type = opened.then(({ answer }) => detectImportType(answer))
  // Closed early, nobody awaits it.
  type.catch(() => undefined)
  return {
    opened,
    type,
    close() {
      stop.abort()
      opened.then(({ answer }) => closeBody(answer.body)).catch(() => undefined)
    },
  }
}

function isPage({ headers }: OpenedUrl): boolean {
  return /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(headers['content-type'] ?? '')
}

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

/** Each is a connection with bytes in the kernel's buffers. */
const openMax = 32
const openMaxOfOne = 16
/** Most sites drop a reader that reads nothing sooner than that. */
const heldMs = 10 * 60_000

/**
 * Keeps what was opened to look at it until the import has its turn. Bounded in number and time; where
 * a link cannot be held it is not opened before its turn, for opening may use it up.
 */
export function createHeldOpenings(deps: OpenDeps): HeldOpenings {
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
      const { close, ...opening } = openSource(deps, url)
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
      // One that fails while it waits is simply opened again when its turn comes.
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
