import {
  type KeptUpload,
  type Upload,
  type UploadFailure,
  type UploadJob,
  type UploadRequest,
  validateUpload,
} from '#app/features/uploads/upload.ts'
import { eachInSlices } from '#app/lib/browser/slices.ts'

/** A file that was chosen again, and its path as the file chooser tells it: `a.txt` or `Trip/a.txt`. */
export type FileAgain = { file: File; path: string }

export type InterruptedUploads = ReturnType<typeof createInterruptedUploads>

/** Of some requests, the jobs that resume rows, by row id, and those that are new uploads. */
export type MatchedUploads = {
  jobs: ReadonlyMap<string, UploadJob>
  rest: readonly UploadRequest[]
}

/** Matches files that are added or chosen again with the uploads that a reload interrupted. */
export function createInterruptedUploads() {
  const uploads = new Map<string, KeptUpload>()

  /** For one search through many files. */
  function indexBy(textOf: (kept: KeptUpload) => string) {
    return Map.groupBy(uploads.values(), textOf)
  }

  function take(kept: KeptUpload, file: File, serverTime: number): [string, UploadJob] | null {
    const job = resumeUpload(kept, file, serverTime)
    if ('code' in job) return null
    uploads.delete(kept.id)
    return [kept.id, job]
  }

  /** Prefers the one with the same bytes: two rows may have the same path. */
  function pick(candidates: readonly KeptUpload[], file: File): KeptUpload | undefined {
    const free = candidates.filter(({ id }) => uploads.has(id))
    return free.find((kept) => isSameFile(kept, file)) ?? free[0]
  }

  return {
    uploads,
    /** Whether the browser may find files by itself: of any, or of one. */
    canReopen(id?: string): boolean {
      if (id !== undefined) return uploads.get(id)?.handleId != null
      for (const { handleId } of uploads.values()) if (handleId != null) return true
      return false
    },
    /** The job that resumes row `id`, or why the file does not fit; null if the row is not interrupted. */
    match(id: string, file: File, serverTime: number): UploadJob | UploadFailure | null {
      const kept = uploads.get(id)
      if (!kept) return null
      if (file.name.normalize('NFC') !== kept.name) {
        return { code: 'other_file', chosen: file.name }
      }
      return take(kept, file, serverTime)?.[1] ?? null
    },
    /** Finds, of some requests, the jobs that resume rows, by row id; `rest` are new uploads. */
    matcher(serverTime: number) {
      const byPath = indexBy(({ folder, name }) => folder + name)
      return (requests: readonly UploadRequest[]): MatchedUploads => {
        const jobs = new Map<string, UploadJob>()
        if (uploads.size === 0) return { jobs, rest: requests }
        const rest = requests.filter((request) => {
          const job = request.refusal ?? validateUpload(request, serverTime)
          if ('code' in job) return true
          const kept = pick(byPath.get(job.folder + job.name) ?? [], request.file)
          const taken = kept && take(kept, request.file, serverTime)
          if (taken) jobs.set(taken[0], withPlaceOf(job, taken[1]))
          return !taken
        })
        return { jobs, rest }
      }
    },
    /** The job that resumes row `id` with the very file it was dropped as. */
    take(id: string, file: File, serverTime: number): UploadJob | null {
      const kept = uploads.get(id)
      return (kept && take(kept, file, serverTime)?.[1]) ?? null
    },
    /** The jobs that resume rows, by row id, whatever folder they go to. */
    async matchChosen(files: readonly FileAgain[], serverTime: number) {
      const jobs = new Map<string, UploadJob>()
      const byName = indexBy(({ name }) => name)
      await eachInSlices(files, ({ file, path }) => {
        const named = byName.get(file.name.normalize('NFC'))
        const candidates = named?.filter(
          (kept) => isSamePlace(kept, path.normalize('NFC')) && isSameFile(kept, file),
        )
        const kept = candidates && pick(candidates, file)
        const taken = kept && take(kept, file, serverTime)
        if (taken) jobs.set(...taken)
      })
      return jobs
    },
  }
}

/** Where it was dropped last is where the browser finds it again. */
function withPlaceOf({ path, handleId }: UploadJob, job: UploadJob): UploadJob {
  return handleId === null ? job : { ...job, path, handleId }
}

/** The folder that was chosen may lie below the one that was dropped, or above it. */
function isSamePlace({ folder, name, path }: KeptUpload, chosenPath: string): boolean {
  const [kept, chosen] = [folder + name, `/${chosenPath}`]
  if (kept.endsWith(chosen) || (folder !== '/' && chosen.endsWith(kept))) return true
  // Where it went, a folder may be around it that this computer does not have.
  return path != null && chosen.endsWith(`/${path.normalize('NFC')}`)
}

function isSameFile({ size, lastModified }: KeptUpload, file: File): boolean {
  return file.size === size && file.lastModified === lastModified
}

/**
 * The job for a file that was chosen again after a reload. The last try may have arrived, so an unchanged
 * file keeps its idempotency key; a changed one is a new upload.
 */
function resumeUpload(kept: KeptUpload, file: File, serverTime: number): UploadJob | UploadFailure {
  const job = validateUpload({ file, folder: kept.folder, name: kept.name }, serverTime)
  const isSame = file.size === kept.size && file.lastModified === kept.lastModified
  if ('code' in job || !isSame) return job
  const { path = null, handleId = null, idempotencyKey, notBefore, mayHaveArrived } = kept
  const { resumeAt = null, replaces = false } = kept
  const kind = { resumeAt, replaces }
  return { ...job, path, handleId, idempotencyKey, notBefore, mayHaveArrived, ...kind }
}

/** What to keep of an upload over a reload; null while its file is not known well enough to be found again. */
export function keepUpload({ id, state, size }: Upload, job: UploadJob): KeptUpload | null {
  const { file, name, folder, path, handleId, idempotencyKey, notBefore, resumeAt } = job
  if (size === null) return null
  job.lastModified ??= file.lastModified
  const { lastModified } = job
  const mayHaveArrived = job.mayHaveArrived || state === 'running'
  const kept = { id, name, folder, path, handleId, size, lastModified }
  return { ...kept, idempotencyKey, notBefore, mayHaveArrived, resumeAt, replaces: job.replaces }
}
