import { type ItemPath, inverse, type Relocation } from '#app/api/cache/relocate.ts'
import { isAbort, isTransient } from '#app/api/http/api-error.ts'
import { readError } from '#app/features/files/folder/use-error-text.ts'
import { batchesOf } from '#app/lib/browser/slices.ts'
import { randomId } from '#app/lib/random-id.ts'
import { createRetryPause, retryTransient } from '#app/lib/retry.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { type ItemResult, type ItemsReply, maxManagedItems } from '#contract/manage.ts'

/** An item as the server is told of it, a path or the id of something in the trash, and what is shown of it. */
export type Step = { item: string; change: Relocation | null }

/** How one request is sent: with what makes a repeated one give the first one's answer. */
export type HowToSend = {
  idempotencyKey: string
  lane: 'person' | 'transfer'
  purpose: 'browsing'
  signal: AbortSignal
  onStart: () => void
}

/** All files of a folder, which are asked for without their names; `total` as far as one knows. */
export type WholeFolder = {
  path: FolderPath
  total: number
  send: (files_of: { path: FolderPath; offset: number }, how: HowToSend) => Promise<ItemsReply>
}

export type SendItems = (items: string[], how: HowToSend) => Promise<Pick<ItemsReply, 'results'>>

export type Done = {
  item: string
  /** Where it is now. */
  path: ItemPath | null
  trashId: string | null
  change: Relocation | null
}
export type Refused = { item: string; message: string }

export type Outcome = {
  done: Done[]
  refused: Refused[]
  /** Nothing was asked of these any more: a person stopped it. */
  left: number
  /** What ended it early, of which nobody knows whether the server did it. */
  isUnclear: boolean
}

export type RunOptions = {
  /** Shows it in the cached listings; the answer is that with what is known of the files. */
  show: (changes: readonly Relocation[]) => void
  onProgress: (settled: number) => void
  stopping: Stopping
}

/** Ends a job between two requests: what is on its way is waited for, what waits for its turn is not sent. */
export type Stopping = { stop(): void; isStopped(): boolean; begin(): AbortSignal; started(): void }

export function createStopping(): Stopping {
  let isStopped = false
  let waiting = new AbortController()
  let isOnItsWay = false
  return {
    stop() {
      isStopped = true
      if (!isOnItsWay) waiting.abort()
    },
    isStopped: () => isStopped,
    begin() {
      waiting = new AbortController()
      isOnItsWay = false
      return waiting.signal
    },
    started() {
      isOnItsWay = true
    },
  }
}

/**
 * Asks for all of it, up to 1,000 items a request, one request after the other. What is refused, or not
 * asked for any more, is taken back on screen. Never throws.
 */
export async function runSteps(
  steps: readonly Step[],
  send: SendItems,
  { show, onProgress, stopping }: RunOptions,
): Promise<Outcome> {
  const outcome: Outcome = { done: [], refused: [], left: 0, isUnclear: false }
  const lane = steps.length > maxManagedItems ? 'transfer' : 'person'
  let settled = 0
  for (const batch of batchesOf(steps, maxManagedItems)) {
    if (stopping.isStopped()) break
    const items = batch.map(({ item }) => item)
    const reply = await sendOnce((how) => send(items, how), lane, stopping).catch(
      (error: unknown) => ({ error }),
    )
    if ('error' in reply) {
      if (isAbort(reply.error)) break
      settled += batch.length
      await refuseAll(outcome, batch, reply.error)
      show(takeBack(batch))
      break
    }
    show(batch.flatMap((step, at) => settle(outcome, step, reply.results[at])))
    settled += batch.length
    onProgress(settled)
  }
  outcome.left = steps.length - settled
  if (outcome.left > 0) show(takeBack(steps.slice(settled)))
  return outcome
}

/** Goes on with all files of a folder, a thousand a request. Nothing of it is shown before. Never throws. */
export async function runWhole(
  whole: WholeFolder,
  outcome: Outcome,
  { onProgress, stopping }: RunOptions,
): Promise<void> {
  const before = outcome.done.length + outcome.refused.length
  let settled = 0
  let offset: number | undefined = 0
  while (offset !== undefined && !stopping.isStopped()) {
    const reply = await askForFiles(whole, offset, { outcome, stopping })
    if (!reply) break
    settled += reply.results.length
    onProgress(before + settled)
    offset = reply.results.length > 0 && reply.has_more ? reply.next_offset : undefined
    if (offset === undefined) return
  }
  outcome.left += Math.max(0, whole.total - settled)
}

/** Null where it failed, which is noted, or was stopped. */
async function askForFiles(
  { path, send }: WholeFolder,
  offset: number,
  { outcome, stopping }: { outcome: Outcome; stopping: Stopping },
): Promise<ItemsReply | null> {
  try {
    const reply = await sendOnce((how) => send({ path, offset }, how), 'transfer', stopping)
    for (const result of reply.results) {
      settle(outcome, { item: result.item, change: null }, result)
    }
    return reply
  } catch (error) {
    if (!isAbort(error)) await refuseAll(outcome, [{ item: path, change: null }], error)
    return null
  }
}

/** @throws what the call throws, an AbortError where it was stopped before it was sent */
function sendOnce<Reply>(
  send: (how: HowToSend) => Promise<Reply>,
  lane: HowToSend['lane'],
  stopping: Stopping,
): Promise<Reply> {
  const idempotencyKey = randomId()
  const signal = stopping.begin()
  const how = {
    idempotencyKey,
    lane,
    purpose: 'browsing',
    signal,
    onStart: stopping.started,
  } as const
  const options = { retryPause: createRetryPause(), isTransient, tries: 4, signal }
  return retryTransient(() => send(how), options)
}

/** Notes what became of the item. The answer is what has to be shown otherwise than it is. */
function settle(
  outcome: Outcome,
  { item, change }: Step,
  result: ItemResult | undefined,
): Relocation[] {
  if (result?.status !== 'ok') {
    const message = result?.message ?? 'The server did not say why.'
    outcome.refused.push({ item, message })
    return change ? [inverse(change)] : []
  }
  const path = result.path ?? change?.to ?? null
  const isPlaced = change !== null && change.to !== null
  const now = isPlaced ? { ...change, to: path } : change
  outcome.done.push({ item, path, trashId: result.trash_id ?? null, change: now })
  return isPlaced && path !== change.to ? [{ from: change.to, to: path, file: change.file }] : []
}

/** Items that nothing was asked of, or of which the request failed. */
function takeBack(steps: readonly Step[]): Relocation[] {
  return steps.flatMap(({ change }) => (change ? [inverse(change)] : []))
}

async function refuseAll(outcome: Outcome, batch: readonly Step[], error: unknown): Promise<void> {
  const { title, nextStep } = await readError(error)
  const message = `${title}. ${nextStep}`
  outcome.refused.push(...batch.map(({ item }) => ({ item, message })))
  outcome.isUnclear = isTransient(error)
}
