import {
  type KeptUpload,
  resumeUpload,
  type UploadFailure,
  type UploadJob,
  type UploadRequest,
  validateUpload,
} from '#app/features/uploads/upload.ts'

/** A file that was chosen again; `path` as far as the chooser tells it: `a.txt` or `Trip/a.txt`. */
export type FileAgain = { file: File; path: string }

/** What is known of rows whose files a reload took away, by row id. */
export function createInterruptedUploads() {
  const uploads = new Map<string, KeptUpload>()

  /** By a text that its file must have too; made for one search through many files. */
  function indexBy(textOf: (kept: KeptUpload) => string) {
    return Map.groupBy(uploads.values(), textOf)
  }

  function take(kept: KeptUpload, file: File, serverTime: number): [string, UploadJob] | null {
    const job = resumeUpload(kept, file, serverTime)
    if ('code' in job) return null
    uploads.delete(kept.id)
    return [kept.id, job]
  }

  /** The one with the same bytes where several fit: those of a path may have been changed since. */
  function pick(candidates: readonly KeptUpload[], file: File): KeptUpload | undefined {
    const free = candidates.filter(({ id }) => uploads.has(id))
    return free.find((kept) => isSameFile(kept, file)) ?? free[0]
  }

  return {
    uploads,
    /** Goes on with the row `id`; null where it is not interrupted. */
    match(id: string, file: File, serverTime: number): UploadJob | UploadFailure | null {
      const kept = uploads.get(id)
      if (!kept) return null
      if (file.name.normalize('NFC') !== kept.name) {
        return { code: 'other_file', chosen: file.name }
      }
      return take(kept, file, serverTime)?.[1] ?? null
    },
    /** Goes on with the rows of files that are added once more; `rest` are new. */
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
    /** Goes on with the rows of files that were chosen again, wherever they shall go. */
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

/** The chooser starts at the folder that was chosen: below the one that was dropped, or above it. */
function isSamePlace({ folder, name }: KeptUpload, path: string): boolean {
  const [kept, chosen] = [folder + name, `/${path}`]
  return kept.endsWith(chosen) || (folder !== '/' && chosen.endsWith(kept))
}

function isSameFile({ size, lastModified }: KeptUpload, file: File): boolean {
  return file.size === size && file.lastModified === lastModified
}
