import type { UploadRequest } from '#app/features/uploads/model/upload.ts'
import type { UploadJob } from '#app/features/uploads/send/send-upload.ts'
import type { JournalEntry } from './upload-keeper.ts'
import { resumeFile, validateFile } from './validate-file.ts'

/** A file that was chosen again; `path` as far as the chooser tells it: `a.txt` or `Trip/a.txt`. */
export type FileAgain = { file: File; path: string }

/** What is known of rows whose files a reload took away. */
export function createInterruptedUploads() {
  const entries = new Map<string, JournalEntry>()

  /** By a text that its file must have too; made for one search through many files. */
  function indexBy(textOf: (entry: JournalEntry) => string) {
    const index = new Map<string, JournalEntry[]>()
    for (const entry of entries.values()) {
      const same = index.get(textOf(entry))
      if (same) same.push(entry)
      else index.set(textOf(entry), [entry])
    }
    return index
  }

  function take(entry: JournalEntry, file: File, serverTime: number): [string, UploadJob] | null {
    const job = resumeFile(file, entry, serverTime)
    if ('reason' in job) return null
    entries.delete(entry.id)
    return [entry.id, job]
  }

  /** The one with the same bytes where several fit: those of a path may have been changed since. */
  function pick(candidates: readonly JournalEntry[], file: File): JournalEntry | undefined {
    const free = candidates.filter(({ id }) => entries.has(id))
    return free.find((entry) => isSameFile(entry, file)) ?? free[0]
  }

  return {
    entries,
    /** Goes on with the rows of files that are added once more; the others are new. */
    matchAdded(requests: readonly UploadRequest[], serverTime: number) {
      const jobs = new Map<string, UploadJob>()
      if (entries.size === 0) return { jobs, rest: requests }
      const byPath = indexBy(({ folder, name }) => folder + name)
      const rest = requests.filter((request) => {
        const place = request.refusal ?? validateFile(request, serverTime)
        if ('reason' in place) return true
        const entry = pick(byPath.get(place.folder + place.name) ?? [], request.file)
        const taken = entry && take(entry, request.file, serverTime)
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
          (entry) => isSameFile(entry, file) && isSamePlace(entry, path.normalize('NFC')),
        )
        const entry = pick(candidates, file)
        const taken = entry && take(entry, file, serverTime)
        if (taken) jobs.set(...taken)
      }
      return jobs
    },
  }
}

/** The chooser starts at the folder that was chosen: below the one that was dropped, or above it. */
function isSamePlace({ folder, name }: JournalEntry, path: string): boolean {
  const [kept, chosen] = [folder + name, `/${path}`]
  return kept.endsWith(chosen) || (folder !== '/' && chosen.endsWith(kept))
}

function isSameFile({ size, lastModified }: JournalEntry, file: File): boolean {
  return file.size === size && file.lastModified === lastModified
}
