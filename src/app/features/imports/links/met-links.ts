import type { TransferState } from '#app/lib/transfers/transfer-sums.ts'

/** By address: what waits, runs or is done. What failed or was cancelled may be wanted again. */
export function metLinks(
  jobs: readonly { link: string; state: TransferState }[],
): ReadonlyMap<string, 'queued' | 'imported'> {
  const met = new Map<string, 'queued' | 'imported'>()
  for (const { link, state } of jobs) {
    const href = URL.parse(link)?.href
    if (href && state === 'done') met.set(href, 'imported')
    else if (href && (state === 'waiting' || state === 'running')) met.set(href, 'queued')
  }
  return met
}
