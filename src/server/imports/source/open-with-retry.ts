import { setTimeout as wait } from 'node:timers/promises'
import { askLater, SilentSource } from '#server/imports/tasks/import-failure.ts'
import { closeBody, type OpenedUrl, type OpenOptions, type UrlOpener } from './open-url.ts'
import type { RetryPolicy } from './retry-policy.ts'

/** What may be gone in a moment: a server that starts anew, a network that changes. */
const transientErrors = new Set([
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'],
])

export type OpenDeps = { openUrl: UrlOpener; patience: RetryPolicy }

export type OpenWithRetryOptions = OpenOptions & {
  /** Takes an answer as it is, although it may be another one in a moment. */
  isEnough?(answer: OpenedUrl): boolean
  /** Called when the source asks to come back later. */
  onAskedToWait?(): void
}

/**
 * Opens a link. A connection that breaks before its answer, and an answer that may be another one in a
 * moment, are tried again a few times; where the source says when, then.
 * @returns the answer, whatever its status
 * @throws the last error, or at once one that will not pass; ImportFailure where the source wants to be
 * asked much later, or makes wait too long; the signal's reason when it aborts
 */
export async function openWithRetry(
  deps: OpenDeps,
  url: URL,
  options: OpenWithRetryOptions,
): Promise<OpenedUrl> {
  const late = new SilentSource()
  const tooLong = new AbortController()
  const timer = setTimeout(() => tooLong.abort(late), deps.patience.openMs)
  try {
    const signal = AbortSignal.any([options.signal, tooLong.signal])
    // Its body has limits of its own.
    return await tryToOpen(deps, url, { ...options, signal })
  } finally {
    clearTimeout(timer)
  }
}

async function tryToOpen(
  deps: OpenDeps,
  url: URL,
  options: OpenWithRetryOptions,
): Promise<OpenedUrl> {
  const { patience } = deps
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await deps.openUrl(url, options)
      const told = readRetryAfter(answer.headers, Date.now())
      const mayAskAgain = told !== null || tries < patience.triesMax
      const isTransient = isTransientStatus(answer.status) && options.isEnough?.(answer) !== true
      if (!isTransient || !mayAskAgain) return answer
      closeBody(answer.body)
      await pauseAfter(answer, { tries, patience, ...options })
    } catch (error) {
      options.signal.throwIfAborted()
      if (tries >= patience.triesMax || !isTransient(error)) throw error
      await pauseBefore(tries, patience, options.signal)
    }
  }
}

type PauseOptions = { tries: number; patience: RetryPolicy } & Pick<
  OpenWithRetryOptions,
  'signal' | 'onAskedToWait'
>

/**
 * Waits after an answer that may be another one in a moment: as long as the source asks for, but never
 * shorter than without its word.
 * @throws ImportFailure when it asks for too long; the signal's reason
 */
export async function pauseAfter(
  answer: OpenedUrl,
  { tries, patience, signal, onAskedToWait }: PauseOptions,
): Promise<void> {
  const told = readRetryAfter(answer.headers, Date.now()) ?? 0
  if (told > patience.retryAfterMaxMs) {
    throw askLater(answer.status, told)
  }
  if (told > 0) onAskedToWait?.()
  const unfinished = told - pauseOf(tries, patience)
  if (unfinished > 0) await pause(unfinished, signal)
  await pauseBefore(tries, patience, signal)
}

/** Waits before the `tries`th time of asking again, counted from 1. @throws the signal's reason */
export async function pauseBefore(
  tries: number,
  patience: RetryPolicy,
  signal: AbortSignal,
): Promise<void> {
  await pause(pauseOf(tries, patience), signal)
}

function pauseOf(tries: number, { firstPauseMs, longestPauseMs }: RetryPolicy): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (tries - 1))
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
}

export function isTransient(error: unknown): boolean {
  return transientErrors.has(String((error as { code?: unknown }).code))
}

/** Statuses of what may be gone in a moment: too busy, starting anew, or not ready yet. */
const transientStatuses = new Set([202, 408, 425, 429, 500, 502, 503, 504])

export function isTransientStatus(status: number): boolean {
  return transientStatuses.has(status)
}

type Headers = { 'retry-after'?: string | undefined; date?: string | undefined }

/**
 * How long a source asks to wait, in milliseconds, null where it does not say. "A date, or a number of
 * seconds"; a date is held against the source's own clock, which may be wrong by hours.
 */
function readRetryAfter(headers: Headers, now: number): number | null {
  const text = headers['retry-after']?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000
  const until = Date.parse(text)
  if (Number.isNaN(until)) return null
  const told = Date.parse(headers.date ?? '')
  return Math.max(0, until - (Number.isNaN(told) ? now : told))
}
