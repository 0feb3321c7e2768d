import {
  type KeptUpload,
  type Looked,
  nothingKnown,
  type UploadConnection,
  type UploadFailure,
  type UploadJob,
} from '#app/features/uploads/upload.ts'
import type { FileAgain, InterruptedUploads } from './interrupted-uploads.ts'
import { askToRead, openSources, type Reopened } from './open-sources.ts'
import type { UploadIntake } from './upload-intake.ts'

export type ResumeOptions = {
  interrupted: InterruptedUploads
  /** Null while nobody is connected. */
  getConnection(): UploadConnection | null
  intake: Pick<UploadIntake, 'holdAgain' | 'release' | 'settle'>
  findSource(id: string): Promise<FileSystemHandle | null>
  /** Says of interrupted rows why their files did not come. */
  explain(ids: readonly string[], failure: UploadFailure): void
}

/** How many uploads go on, and how many were on the server already. */
export type Resumed = { found: number; already: number }

/**
 * Resumes uploads that a reload interrupted. Their folders are listed first: what is there already is not
 * sent again.
 */
export function createResumption(options: ResumeOptions) {
  const { interrupted, getConnection, intake, explain } = options
  const serverTime = () => getConnection()?.serverTime() ?? 0

  /** A look that fails costs nothing: sending the same bytes again makes no second file. */
  async function look(uploads: readonly KeptUpload[]): Promise<Looked> {
    const connection = getConnection()
    const looked = await connection?.lookFor(uploads).catch(() => null)
    if (!looked || getConnection() !== connection) return nothingKnown
    intake.settle(looked.there)
    return looked
  }

  /** What certainly is not there is not looked for again, one by one. */
  function noteMissing(jobs: ReadonlyMap<string, UploadJob>, { missing }: Looked): void {
    for (const [id, job] of jobs) if (missing.has(id)) job.mayHaveArrived = false
  }

  /** What the browser did not keep is chosen by hand. */
  function forgetLost(lost: readonly KeptUpload[]): void {
    for (const upload of lost) interrupted.uploads.set(upload.id, { ...upload, handleId: null })
    const ids = lost.map(({ id }) => id)
    explain(ids, { code: 'interrupted', reopens: false })
  }

  function start(opened: readonly Reopened[], looked: Looked): number {
    const jobs = new Map<string, UploadJob>()
    for (const one of opened) {
      const job = 'file' in one ? interrupted.take(one.id, one.file, serverTime()) : null
      if (job) jobs.set(one.id, job)
    }
    noteMissing(jobs, looked)
    intake.holdAgain(jobs)
    intake.release(jobs.keys())
    for (const [why, code] of [
      ['denied', 'not_allowed'],
      ['gone', 'not_found_again'],
    ] as const) {
      const ids = opened.flatMap((one) => ('why' in one && one.why === why ? [one.id] : []))
      explain(ids, { code })
    }
    return jobs.size
  }

  return {
    /** With files that a person chose again, whatever folder they lie in. */
    async choose(files: readonly FileAgain[]): Promise<Resumed> {
      const kept = new Map(interrupted.uploads)
      const jobs = await interrupted.matchChosen(files, serverTime())
      intake.holdAgain(jobs)
      const looked = await look([...jobs.keys()].flatMap((id) => kept.get(id) ?? []))
      noteMissing(jobs, looked)
      intake.release(jobs.keys())
      return { found: jobs.size - looked.there.size, already: looked.there.size }
    },
    /**
     * With what the browser can find again by itself; call it while a press is handled. Rows whose files it
     * does not find say why.
     */
    async reopen(ids?: readonly string[]): Promise<Resumed> {
      const all = ids?.flatMap((id) => interrupted.uploads.get(id) ?? [])
      const kept = all ?? [...interrupted.uploads.values()]
      const sourceIds = new Set(kept.flatMap(({ handleId }) => handleId ?? []))
      const handles = new Map<string, FileSystemHandle>()
      for (const id of sourceIds) {
        const handle = await options.findSource(id)
        if (handle) handles.set(id, handle)
      }
      forgetLost(kept.filter(({ handleId }) => handleId != null && !handles.has(handleId)))
      const allowed = await askToRead(handles.values())
      // The only one is looked for when it is its turn.
      const looked = kept.length > 1 ? await look(kept) : nothingKnown
      const { there } = looked
      const left = kept.filter(({ id, handleId }) => !there.has(id) && handles.has(handleId ?? ''))
      const handleOf = ({ handleId }: KeptUpload) => {
        const handle = handles.get(handleId ?? '')
        return handle && allowed.has(handle) ? handle : null
      }
      let found = 0
      await openSources(left, handleOf, (opened) => {
        found += start(opened, looked)
      })
      return { found, already: there.size }
    },
  }
}
