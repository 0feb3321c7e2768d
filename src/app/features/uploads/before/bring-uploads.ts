import type { ArrivedFile, UploadJob, UploadRequest } from '#app/features/uploads/upload.ts'
import { browserClock, type Clock } from '#app/lib/clock.ts'
import { createStore, type Store } from '#app/lib/store.ts'
import { commonFolder } from './before-text.ts'
import { type Clash, type CompareOptions, compareFiles } from './compare-files.ts'
import { type FolderReader, listFolders, namesByFolder } from './list-folders.ts'
import { isSystemFile } from './system-files.ts'

/** What of the connected server and key counts before sending. */
export type BringServer = FolderReader & {
  /** False if the key may not list folders. */
  canLook: boolean
  /** How much later its clock is than this machine's, in ms. */
  clockAheadMs: number
  /** Null where it cannot, or the key may not. */
  createFolder: ((path: string) => Promise<void>) | null
  canReplace: boolean
}

/** Uploads that are listed and wait. */
type Held = { jobs: ReadonlyMap<string, UploadJob>; isNew(id: string): boolean }

/** The queue as far as it is needed here. */
type HoldingQueue = {
  hold(requests: readonly UploadRequest[]): Promise<Held>
  release(ids: Iterable<string>): void
  settle(there: ReadonlyMap<string, ArrivedFile>): void
  discard(ids: Iterable<string>): void
  abort(id: string): void
  add(requests: readonly UploadRequest[]): Promise<void>
}

export type Choice = 'keep both' | 'skip' | 'replace'

type Answer = { choice: Choice; isForAll: boolean }
type Waited = { how: 'send' | 'undo'; withSystemFiles: boolean }
type Waiting = { end(how: Waited['how']): void; withSystemFiles: boolean }

/** Uploads that begin in a moment, and can still be taken back as if they had never been brought. */
export type Coming = {
  files: number
  /** The one that all of them go into, or below. */
  folder: string
  /** By the clock of the queue. */
  startsAt: number
  systemFiles: readonly string[]
}

/** A name that is taken. `others`: how many come after this one. */
export type Question = { clash: Clash; others: number; canReplace: boolean }

export type BringState = { coming: Coming | null; question: Question | null }

/** What became of a batch besides being sent. */
export type Brought = {
  already: number
  skipped: number
  /** Their names, each once. */
  systemFiles: readonly string[]
  folders: number
}

export type BringOptions = {
  queue: HoldingQueue
  /** Null while nobody is connected. */
  getServer(): BringServer | null
  /** Told of a batch once all of it is decided. */
  onEnd(brought: Brought): void
  clock?: Clock
  compare?: Pick<CompareOptions, 'readSha256'>
}

/** ms. How long a person may take back what was brought in. */
const graceMs = 5_000
/** Of so many files each has its row in sight, with `Cancel`: they start at once. */
const handful = 5

/**
 * What happens between a drop and the first byte: what is there already is found, taken names are asked
 * about, and more than a handful, or a folder, waits five seconds for `Undo` meanwhile.
 */
export class BringUploads {
  readonly #options: BringOptions
  readonly #clock: Clock
  readonly #store: Store<BringState> = createStore<BringState>({ coming: null, question: null })
  /** What can still be taken back. */
  #waiting: Waiting | null = null
  #answer: (choice: Choice, isForAll: boolean) => void = () => {}
  #asking: Promise<unknown> = Promise.resolve()

  constructor(options: BringOptions) {
    this.#options = options
    this.#clock = options.clock ?? browserClock
  }

  subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener)
  getSnapshot = (): BringState => this.#store.getSnapshot()

  undo = (): void => this.#waiting?.end('undo')
  sendNow = (): void => this.#waiting?.end('send')
  /** Takes along what was left out. */
  sendSystemFiles = (): void => {
    const { coming } = this.getSnapshot()
    if (!this.#waiting || !coming) return
    this.#waiting.withSystemFiles = true
    this.#store.update({ coming: { ...coming, systemFiles: [] } })
  }
  answer = (choice: Choice, isForAll: boolean): void => this.#answer(choice, isForAll)

  /** Signed out: nothing is asked any more. */
  forget(): void {
    this.undo()
    this.#answer('skip', true)
  }

  /** Resolves when all of it is decided: sent, there already, skipped or taken back. */
  async bring(requests: readonly UploadRequest[]): Promise<void> {
    // One thing at a time can be taken back: the last.
    this.sendNow()
    const { queue, getServer, onEnd } = this.#options
    const server = getServer()
    const { meant, system, folders } = sortOut(requests, server)
    const held = await queue.hold(meant)
    const looking = this.#look(server, held.jobs)
    const waited = await this.#wait(held, system)
    if (waited.how === 'undo') return this.#takeBack(held)
    if (waited.withSystemFiles) void queue.add(system)
    const { there, clashes } = await looking
    // What a reload interrupted was decided once.
    const asked = clashes.filter(({ id }) => held.isNew(id))
    const open = new Set(asked.map(({ id }) => id))
    queue.settle(there)
    queue.release([...held.jobs.keys()].filter((id) => !there.has(id) && !open.has(id)))
    const made = await this.#makeFolders(server, folders)
    const skipped = await this.#ask(asked, server?.canReplace === true)
    const systemFiles = waited.withSystemFiles ? [] : namesOf(system)
    onEnd({ already: there.size, skipped, systemFiles, folders: made })
  }

  #takeBack({ jobs, isNew }: Held): void {
    const { queue } = this.#options
    const ids = [...jobs.keys()]
    queue.discard(ids.filter(isNew))
    // What a reload had interrupted stays on the list.
    for (const id of ids) if (!isNew(id)) queue.abort(id)
  }

  async #look(server: BringServer | null, jobs: ReadonlyMap<string, UploadJob>) {
    const nothing = { there: new Map<string, ArrivedFile>(), clashes: [] as Clash[] }
    if (!server?.canLook || jobs.size === 0) return nothing
    try {
      const listed = await listFolders(server, namesByFolder(jobs.values()))
      const { clockAheadMs } = server
      return await compareFiles(jobs, listed, { clockAheadMs, ...this.#options.compare })
    } catch {
      // The session ended: whoever connects next sends them, and the server numbers what is taken.
      return nothing
    }
  }

  /** Few files start at once, unless they come in a folder or something was left out. */
  async #wait({ jobs, isNew }: Held, system: readonly UploadRequest[]): Promise<Waited> {
    const fresh = [...jobs].filter(([id]) => isNew(id)).map(([, job]) => job)
    const isLarge = fresh.length > handful || fresh.some(({ path }) => path?.includes('/'))
    if (!isLarge && system.length === 0) return { how: 'send', withSystemFiles: false }
    const { promise, resolve } = Promise.withResolvers<Waited['how']>()
    const waiting: Waiting = { end: resolve, withSystemFiles: false }
    this.#waiting = waiting
    this.#store.update({
      coming: {
        files: jobs.size,
        folder: commonFolder([...jobs.values(), ...system]),
        startsAt: this.#clock.now() + graceMs,
        systemFiles: namesOf(system),
      },
    })
    this.#clock.after(graceMs, () => resolve('send'))
    const how = await promise
    if (this.#waiting === waiting) {
      this.#waiting = null
      this.#store.update({ coming: null })
    }
    return { how, withSystemFiles: waiting.withSystemFiles }
  }

  /** How many there are now that were not before. */
  async #makeFolders(server: BringServer | null, requests: readonly UploadRequest[]) {
    let made = 0
    const failed: UploadRequest[] = []
    for (const request of requests) {
      try {
        for (const path of emptyFoldersOf(request)) {
          await server?.createFolder?.(path)
          made += 1
        }
      } catch {
        failed.push(request)
      }
    }
    // Its row says what did not come along.
    if (failed.length > 0) await this.#options.queue.add(failed)
    return made
  }

  /** Batch after batch; the answer is how many were skipped. */
  async #ask(clashes: readonly Clash[], canReplace: boolean): Promise<number> {
    if (clashes.length === 0) return 0
    const asking = this.#asking.then(() => this.#askEach(clashes, canReplace))
    this.#asking = asking
    return await asking
  }

  async #askEach(clashes: readonly Clash[], canReplace: boolean): Promise<number> {
    const { queue } = this.#options
    const chosen: Record<Choice, Clash[]> = { 'keep both': [], skip: [], replace: [] }
    let forAll: Choice | null = null
    for (const [index, clash] of clashes.entries()) {
      const others = clashes.length - index - 1
      const answer: Answer =
        forAll !== null
          ? { choice: forAll, isForAll: true }
          : await this.#askOne({ clash, others, canReplace })
      chosen[answer.choice].push(clash)
      if (answer.isForAll) forAll = answer.choice
    }
    this.#store.update({ question: null })
    for (const { job } of chosen.replace) job.replaces = true
    const idsOf = (some: readonly Clash[]) => some.map(({ id }) => id)
    queue.discard(idsOf(chosen.skip))
    queue.release([...idsOf(chosen['keep both']), ...idsOf(chosen.replace)])
    return chosen.skip.length
  }

  #askOne(question: Question): Promise<Answer> {
    this.#store.update({ question })
    return new Promise((resolve) => {
      this.#answer = (choice, isForAll) => resolve({ choice, isForAll })
    })
  }
}

/** `folders`: the empty ones, where they can be made. */
function sortOut(requests: readonly UploadRequest[], server: BringServer | null) {
  const system: UploadRequest[] = []
  const folders: UploadRequest[] = []
  const meant: UploadRequest[] = []
  for (const request of requests) {
    if (isSystemFile(request)) system.push(request)
    else if (server?.createFolder && request.refusal?.code === 'empty_folders')
      folders.push(request)
    else meant.push(request)
  }
  return { system, folders, meant }
}

function emptyFoldersOf({ refusal }: UploadRequest): readonly string[] {
  return refusal?.code === 'empty_folders' ? refusal.paths : []
}

function namesOf(requests: readonly UploadRequest[]): string[] {
  return requests.map(({ name }) => name)
}
