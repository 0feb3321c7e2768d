import { type CachePatch, patchFolder } from '#app/api/cache/queries.ts'
import { type Relocation, relocate } from '#app/api/cache/relocate.ts'
import { withoutFiles } from '#app/api/cache/without-entries.ts'
import { createStore } from '#app/lib/store.ts'
import { tell } from '#app/ui/announcer.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import { maxManagedItems } from '#contract/manage.ts'
import { countItems, describeRefusals } from './manage-text.ts'
import {
  createStopping,
  type Done,
  type Outcome,
  runSteps,
  runWhole,
  type SendItems,
  type Step,
  type WholeFolder,
} from './run-job.ts'

export type Undo = { run: () => Promise<void> }

export type Notice = {
  text: string
  isProblem: boolean
  undo: Undo | null
  /** Of items; null once it is done. */
  progress: { settled: number; total: number; stop: () => void } | null
}

export type Job = {
  steps: readonly Step[]
  send: SendItems
  /** Then also all files of a folder, gone from its listing at once where `isGone`. */
  whole?: (WholeFolder & { isGone: boolean }) | undefined
  /** `Moving`, while it takes several requests. */
  doing: string
  /** `moved` */
  verb: string
  /** What is said at once. */
  said: string
  /** What is said of several that took a while: `to “Films”`. */
  where?: string
  /** Takes it back; null where that cannot be. */
  undo: ((done: Done[]) => Promise<unknown>) | null
  /** The server may have kept nothing that could be brought back. */
  canUndo?: (done: readonly Done[]) => boolean
  /** Folders whose listings do not tell all of it. */
  stale?: (outcome: Outcome) => readonly FolderPath[]
  /** It brings folders whose own folders nobody knows here. */
  isTreeStale?: boolean
  onEnd?: ((outcome: Outcome) => void) | undefined
  /** Tells of a refusal itself, where it answers true. */
  onRefused?: (message: string) => boolean
}

const mostUndos = 50

export type PerformOptions = {
  patch: CachePatch
  /** The folder that is shown was moved or is gone. */
  onRelocated: (changes: readonly Relocation[]) => void
}

/** Does what was asked for, one job after the other; shows each at once, and remembers how to take it back. */
export class Performer {
  readonly state = createStore<{ notice: Notice | null; undos: number }>({ notice: null, undos: 0 })
  readonly #options: PerformOptions
  readonly #undos: Undo[] = []
  #lastTurn: Promise<unknown> = Promise.resolve()

  constructor(options: PerformOptions) {
    this.#options = options
  }

  say = (text: string, rest: Partial<Notice> = {}): void => {
    const notice = { text, isProblem: false, undo: null, progress: null, ...rest }
    this.state.update({ notice })
    if (!rest.progress) tell(text)
  }

  close = (): void => this.state.update({ notice: null })

  /** Takes back the last thing that was done, or that of `undo`. Does nothing where there is none. */
  undo = (undo = this.#undos.at(-1)): void => {
    if (!undo || !this.#undos.includes(undo)) return
    this.#forget(undo)
    this.close()
    void undo.run()
  }

  perform = async (job: Job): Promise<Outcome> => {
    const known = this.#show(job.steps.map(({ change }) => change))
    const steps = job.steps.map((step, at) => ({ ...step, change: known[at] ?? null }))
    const stopping = createStopping()
    const { whole } = job
    const total = steps.length + (whole?.total ?? 0)
    const isLong = total > maxManagedItems
    const onProgress = (settled: number) => {
      const progress = { settled, total, stop: stopping.stop }
      if (isLong) this.say(`${job.doing} ${countItems(total)}`, { progress })
    }
    if (whole?.isGone) patchFolder(this.#options.patch, whole.path, withoutFiles)
    const options = { show: this.#show, stopping, onProgress }
    const running = this.#lastTurn.then(async () => {
      const outcome = await runSteps(steps, job.send, options)
      if (whole && outcome.left === 0) await runWhole(whole, outcome, options)
      return outcome
    })
    this.#lastTurn = running
    const undo = this.#remember(job, running)
    if (isLong) onProgress(0)
    else this.say(job.said, { undo })
    const outcome = await running
    this.#finish(job, outcome, { undo, isLong })
    return outcome
  }

  /** The answer is the same with what is known of the files. */
  #show = (changes: readonly (Relocation | null)[]): (Relocation | null)[] => {
    const there = changes.filter((change) => change !== null)
    this.#options.onRelocated(there)
    const known = relocate(this.#options.patch, there)
    let next = 0
    return changes.map((change) => change && (known[next++] ?? change))
  }

  #remember({ undo }: Job, running: Promise<Outcome>): Undo | null {
    if (!undo) return null
    const entry = {
      run: async () => {
        const { done } = await running
        if (done.length > 0) await undo(done)
      },
    }
    this.#undos.push(entry)
    if (this.#undos.length > mostUndos) this.#undos.shift()
    this.state.update({ undos: this.#undos.length })
    return entry
  }

  #forget(undo: Undo): void {
    const at = this.#undos.indexOf(undo)
    if (at >= 0) this.#undos.splice(at, 1)
    this.state.update({ undos: this.#undos.length })
  }

  #finish(job: Job, outcome: Outcome, was: { undo: Undo | null; isLong: boolean }): void {
    const { done, refused } = outcome
    const canUndo = done.length > 0 && (job.canUndo?.(done) ?? true)
    const isLost = was.undo !== null && !canUndo
    if (was.undo && isLost) this.#forget(was.undo)
    refreshStale(this.#options.patch, job, outcome)
    job.onEnd?.(outcome)
    if (isToldElsewhere(job, outcome)) return void this.close()
    const text = describeOutcome(job, outcome, { ...was, isLost })
    const undo = canUndo ? was.undo : null
    if (text !== '') this.say(text, { isProblem: refused.length > 0, undo })
  }
}

/** Whether the one thing that was asked for was refused, and who asked says so. */
function isToldElsewhere({ onRefused }: Job, { done, refused, left }: Outcome): boolean {
  const [first] = refused
  if (!first || done.length + refused.length + left > 1) return false
  return onRefused?.(first.message) === true
}

/** What is said at the end; '' where all is said already. */
function describeOutcome(
  { verb, where, said }: Job,
  { done, refused, left }: Outcome,
  { isLong, isLost }: { isLong: boolean; isLost: boolean },
): string {
  const all = done.length + refused.length + left
  const what = where ? `${verb} ${where}` : verb
  if (refused.length > 0) return describeRefusals(refused, { all, verb })
  if (left > 0) return `Stopped: ${countItems(done.length)} of ${countItems(all)} ${what}.`
  if (isLost) return `${said} for ever: this server keeps no trash`
  return isLong ? `${countItems(all)} ${what}` : ''
}

/** Reads anew what the cached listings and the tree do not tell. */
function refreshStale(patch: CachePatch, job: Job, outcome: Outcome): void {
  const isTakenBack = outcome.refused.length + outcome.left > 0
  const stale = new Set(job.stale?.(outcome))
  if (job.whole && isTakenBack) stale.add(job.whole.path)
  for (const folder of stale) refreshListing(patch, folder)
  if (job.isTreeStale || isTakenBack) refreshTree(patch, job)
}

/** Reads a listing anew where it is shown; one that is not is read when it is opened. */
function refreshListing({ queryClient, queries }: CachePatch, folder: FolderPath): void {
  const { queryKey } = queries.folder(folder)
  queryClient.removeQueries({ queryKey, type: 'inactive' })
  // What is on the screen stays there if it fails.
  void queryClient.refetchQueries({ queryKey, type: 'active' })
}

/** What was taken back of folders has lost what was in them. */
function refreshTree({ queryClient, queries }: CachePatch, { steps }: Job): void {
  const isOfFolders = steps.some(({ change }) => (change?.from ?? change?.to)?.endsWith('/'))
  if (isOfFolders) void queryClient.invalidateQueries({ queryKey: queries.tree().queryKey })
}
