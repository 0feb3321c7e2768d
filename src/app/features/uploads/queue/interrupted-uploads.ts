import {
  type KeptUpload,
  resumeUpload,
  type UploadFailure,
  type UploadJob,
  type UploadRequest,
  validateUpload,
} from '#app/features/uploads/upload.ts'

/** A file that was chosen again, and its path as the file chooser tells it: `a.txt` or `Trip/a.txt`. */
export type FileAgain = { file: File; path: string }

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
    /** The job that resumes row `id`, or why the file does not fit; null if the row is not interrupted. */
    match(id: string, file: File, serverTime: number): UploadJob | UploadFailure | null {
      const kept = uploads.get(id)
      if (!kept) return null
      if (file.name.normalize('NFC') !== kept.name) {
        return { code: 'other_file', chosen: file.name }
      }
      return take(kept, file, serverTime)?.[1] ?? null
    },
    /** The jobs that resume rows, by row id; `rest` are new uploads. */
    matchAdded(requests: readonly UploadRequest[], serverTime: number) {
      const jobs = new Map<string, UploadJob>()
      if (uploads.size === 0) return { jobs, rest: requests }
      const byPath = indexBy(({ folder, name }) => folder + name)
      const rest = requests.filter((request) => {
        const job = request.refusal ?? validateUpload(request, serverTime)
        if ('code' in job) return true
        const kept = pick(byPath.get(job.folder + job.name) ?? [], request.file)
        const taken = kept && take(kept, request.file, serverTime)
        if (taken) jobs.set(...taken)
        return !taken
      })
      return { jobs, rest }
    },
    /** The jobs that resume rows, by row id, whatever folder they go to. */
    matchChosen(files: readonly FileAgain[], serverTime: number) {
      const jobs = new Map<string, UploadJob>()
      const byName = indexBy(({ name }) => name)
      for (const { file, path } of files) {
        const candidates = (byName.get(file.name.normalize('NFC')) ?? []).filter(
          (kept) => isSameFile(kept, file) && isSamePlace(kept, path.normalize('NFC')),
        )
        const kept = pick(candidates, file)
        const taken = kept && take(kept, file, serverTime)
        if (taken) jobs.set(...taken)
      }
      return jobs
    },
  }
}

/** The folder that was chosen may lie below the one that was dropped, or above it. */
function isSamePlace({ folder, name }: KeptUpload, path: string): boolean {
  const [kept, chosen] = [folder + name, `/${path}`]
  return kept.endsWith(chosen) || (folder !== '/' && chosen.endsWith(kept))
}

function isSameFile({ size, lastModified }: KeptUpload, file: File): boolean {
  return file.size === size && file.lastModified === lastModified
}
