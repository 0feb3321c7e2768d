import { formatBytes, formatDuration, formatNumber } from '#app/lib/format.ts'
import type { TransferSums, TransferTotals } from './transfer-sums.ts'

/** `106 of 800`: how many are done, of all that were not cancelled. */
export function doneText({ done, all, cancelled }: TransferTotals): string {
  return `${formatNumber(done)} of ${formatNumber(all - cancelled)}`
}

/** `2.1 of 16 GB`, in the unit of the whole; null while nobody knows it. */
export function bytesText({ moved, whole, unmeasured }: TransferSums): string | null {
  if (unmeasured > 0) return null
  const [amount = '', unit = ''] = formatBytes(whole).split(' ')
  const step = Number(amount) > 0 ? whole / Number(amount) : 1
  const there = Math.min(moved, whole) / step
  // Rounded down: all of it is there only when it is.
  const shown = there < 10 ? Math.floor(there * 10) / 10 : Math.floor(there)
  return `${whole < 1_000 ? formatNumber(moved) : shown} of ${amount} ${unit}`
}

/** `about 13 min`; null where nobody knows, or it is over at once. */
export function timeText(seconds: number | null): string | null {
  return seconds === null || seconds < 1 ? null : `about ${formatDuration(seconds)}`
}

/** How much is there, from 0 to 1. */
export function shareOf({ moved, whole, totals }: TransferSums): number {
  if (whole > 0) return Math.min(1, moved / whole)
  const counted = totals.all - totals.cancelled
  return counted > 0 ? totals.done / counted : 0
}

type Outcome = Pick<TransferTotals, 'done' | 'failed' | 'cancelled' | 'interrupted'>

/** `3 done`, `1 failed`: how those went that do not run any more. */
export function outcomeText({ done, failed, cancelled, interrupted }: Outcome): string[] {
  return Object.entries({ done, failed, cancelled, interrupted })
    .filter(([, amount]) => amount > 0)
    .map(([state, amount]) => `${formatNumber(amount)} ${state}`)
}
