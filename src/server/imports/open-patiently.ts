import { setTimeout as wait } from 'node:timers/promises'
import type { OpenedUrl, UrlOpener } from './open-url.ts'
import type { SourcePatience } from './source-patience.ts'

/** What may be gone in a moment: a server that starts anew, a network that changes. */
const passingErrors = new Set([
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'],
])

/**
 * Opens a link; a connection that breaks before its answer is tried again a few times.
 * @throws the last error, or at once one that will not pass; the signal's reason when it aborts
 */
export async function openPatiently(
  parts: { openUrl: UrlOpener; patience: SourcePatience },
  url: URL,
  options: Parameters<UrlOpener>[1],
): Promise<OpenedUrl> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await parts.openUrl(url, options)
    } catch (error) {
      options.signal.throwIfAborted()
      if (tries >= parts.patience.triesMax || !isPassing(error)) throw error
      await pauseBefore(tries, parts.patience, options.signal)
    }
  }
}

/** Waits before the `tries`th time of asking again, counted from 1. @throws the signal's reason */
export async function pauseBefore(
  tries: number,
  { firstPauseMs, longestPauseMs }: SourcePatience,
  signal: AbortSignal,
): Promise<void> {
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (tries - 1))
  await wait(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted())
}

export function isPassing(error: unknown): boolean {
  return passingErrors.has(String((error as { code?: unknown }).code))
}
