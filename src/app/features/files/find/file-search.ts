import type { Clock } from '#app/lib/clock.ts'
import { createStore, type ReadableStore } from '#app/lib/store.ts'
import { foldName } from '#contract/name-order.ts'
import { type FoundItem, type SearchPage, searchMaxLength } from '#contract/search.ts'
import { readWords } from './rank.ts'

/** ms between two requests, at least. */
const intervalMs = 300
/** ms without a key after which it is asked; at the latest so long after the first key. */
const quietMs = 150
const longestMs = 600
/** Requests that are under way at once: a slow server is not heaped with them. */
const mostRunning = 2

export type FileSearchState = {
  /** Of what was typed last, as far as it is known. */
  items: readonly FoundItem[]
  /** There are more than the server's first page. */
  hasMore: boolean
  /** What is shown is not the answer yet. */
  isSearching: boolean
  /** What the last search threw; null where it was answered. */
  error: unknown
}

type Options = {
  clock: Clock
  /** Asks the server, or answers from its cache. */
  read: (q: string, signal: AbortSignal) => Promise<SearchPage>
  /** What is cached of it. */
  peek: (q: string) => SearchPage | undefined
}

export type FileSearch = ReadableStore<FileSearchState> & {
  /** Searches as one types: what stands in the field after each key stroke. */
  ask(typed: string): void
  /** Asks again after an error. */
  retry(): void
  /** Gives up what is under way. */
  stop(): void
}

type Wanted = { q: string; words: readonly string[] }

const nobody: Wanted = { q: '', words: [] }
const nothing: FileSearchState = { items: [], hasMore: false, isSearching: false, error: null }

/**
 * Files by what is being typed: at most one request in 300 ms, none for what is known, and an answer that
 * comes late never takes the place of a newer one.
 */
export function createFileSearch({ clock, read, peek }: Options): FileSearch {
  const state = createStore(nothing)
  /** All that there is to find by these words: more words leave some of it. */
  const whole = new Map<string, readonly FoundItem[]>()
  const running = new Set<AbortController>()
  let wanted = nobody
  /** Requests are numbered: the newest whose answer is shown. */
  let sent = 0
  let shown = 0
  const pace = createTypingPace(clock, () => void send())
  const plan = () => running.size < mostRunning && pace.ask()

  function show(page: Pick<SearchPage, 'items' | 'has_more'>) {
    pace.cancel()
    sent += 1
    shown = sent
    state.set({ items: page.items, hasMore: page.has_more, isSearching: false, error: null })
  }

  function showAnswer(page: SearchPage, asked: Wanted) {
    const isWanted = asked === wanted
    const items = isWanted ? page.items : narrow(page.items, wanted.words)
    state.set({ items, hasMore: page.has_more, isSearching: !isWanted, error: null })
  }

  async function send() {
    const asked = wanted
    sent += 1
    const number = sent
    const ending = new AbortController()
    running.add(ending)
    try {
      const page = await read(asked.q, ending.signal)
      if (!page.has_more) whole.set(asked.words.join(' '), page.items)
      if (number > shown) {
        shown = number
        showAnswer(page, asked)
      }
    } catch (error) {
      if (asked === wanted) state.update({ isSearching: false, error })
    }
    running.delete(ending)
    if (state.getSnapshot().isSearching && asked !== wanted && wanted !== nobody) plan()
  }

  return {
    ...state,
    ask(typed) {
      const words = readWords(typed)
      if (words.join(' ') === wanted.words.join(' ')) return
      wanted = { q: readQuery(typed), words }
      if (words.length === 0) return show({ items: [], has_more: false })
      const known = peek(wanted.q) ?? narrowed(whole, words)
      if (known) return show(known)
      const items = narrow(state.getSnapshot().items, words)
      state.set({ items, hasMore: false, isSearching: true, error: null })
      plan()
    },
    retry() {
      if (state.getSnapshot().isSearching || wanted === nobody) return
      state.update({ isSearching: true, error: null })
      plan()
    },
    stop() {
      pace.cancel()
      wanted = nobody
      for (const ending of running) ending.abort()
    },
  }
}

/** When to send while one types: after a pause, after a while without one, and never too soon again. */
function createTypingPace(clock: Clock, send: () => void) {
  let lastSentAt = Number.NEGATIVE_INFINITY
  let waitsSince: number | null = null
  let cancelTimer: (() => void) | null = null
  function cancel() {
    cancelTimer?.()
    cancelTimer = null
    waitsSince = null
  }
  return {
    cancel,
    ask() {
      const now = clock.now()
      waitsSince ??= now
      const at = Math.max(lastSentAt + intervalMs, Math.min(now + quietMs, waitsSince + longestMs))
      cancelTimer?.()
      cancelTimer = clock.after(at - now, () => {
        cancel()
        lastSentAt = clock.now()
        send()
      })
    },
  }
}

/** What the server is asked for, as far as it takes that. */
function readQuery(typed: string): string {
  return typed.trim().replace(/\s+/gu, ' ').slice(0, searchMaxLength).toWellFormed()
}

/** The answer, where all that fewer or shorter words find is known. */
function narrowed(whole: ReadonlyMap<string, readonly FoundItem[]>, words: readonly string[]) {
  for (const [q, items] of whole) {
    const isWider = q.split(' ').every((word) => words.some((other) => other.includes(word)))
    if (isWider) return { items: narrow(items, words), has_more: false }
  }
  return null
}

function narrow(items: readonly FoundItem[], words: readonly string[]): FoundItem[] {
  return items.filter(({ name }) => {
    const folded = foldName(name)
    return words.every((word) => folded.includes(word))
  })
}
