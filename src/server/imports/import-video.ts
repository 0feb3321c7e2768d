import { cutToBytes, type FileName, utf8Length } from '#contract/file-name.ts'
import { childFolder, type FolderPath, rootFolder } from '#contract/folder-path.ts'
import type { Locks } from '#server/core/locks.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import type { AddFiles } from '#server/files/add-files.ts'
import type { NewFile } from '#server/files/file-listing.ts'
import type { StoredFile } from '#server/files/file-repository.ts'
import type { FolderRepository } from '#server/files/folder-repository.ts'
import type { SiteCookies } from '#server/imports/cookies/site-cookies-repository.ts'
import { safeFileName } from '#server/imports/download/import-file-name.ts'
import type { MediaTools } from '#server/imports/programs/media-tools.ts'
import type { OpenedPage } from '#server/imports/source/read-page.ts'
import type {
  ImportTaskRecord,
  ImportTasks,
  ProgressReading,
} from '#server/imports/tasks/import-tasks.ts'
import type { VideoFile } from '#server/imports/video/video-files.ts'
import { videoNotes } from '#server/imports/video/video-notes.ts'
import {
  type FetchedVideo,
  fetchVideo,
  type VideoFetchOptions,
} from '#server/imports/video/yt-dlp.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'

/** Writes something beside the files that an import lists; `files` are those that were not there before. */
export type WriteListed = (
  unit: UnitOfWork,
  listed: { taskId: string; files: readonly StoredFile[] },
) => Promise<void>

export type VideoImportOptions = VideoFetchOptions & {
  writeListed: WriteListed
  blobStore: Pick<BlobStore, 'stage'>
  addFiles: AddFiles
  folders: Pick<FolderRepository, 'folderExists'>
  tasks: ImportTasks
  siteCookies: Pick<SiteCookies, 'textFor'>
  locks: Pick<Locks, 'run' | 'releaseWith'>
}

/**
 * Fetches a task's video and, once all of its files are there, lists them in a folder of its title.
 * That ends the task.
 */
export async function importVideo(
  deps: VideoImportOptions,
  task: ImportTaskRecord,
  run: {
    tools: MediaTools
    /** What was opened to look at it; null where nothing is. */
    page: OpenedPage | null
    signal: AbortSignal
    onProgress(reading: Omit<ProgressReading, 'bytesPerSecond'>): void
  },
): Promise<void> {
  const { video } = task
  let last: Parameters<typeof run.onProgress>[0] | null = null
  const onProgress: typeof run.onProgress = (reading) => {
    last = reading
    run.onProgress(reading)
  }
  const url = new URL(task.url)
  const ofPerson = await deps.siteCookies.textFor(task.userId, url)
  // It was opened without them, and is another for who is signed in.
  const page = ofPerson === null ? run.page : null
  const cookies = ofPerson ?? page?.cookies ?? null
  const fetch = { url, video, ...run, page, cookies, onProgress }
  await fetchVideo(deps, fetch, async (fetched) => {
    if (last !== null) run.onProgress({ ...last, stage: 'storing', part: null })
    const kept = fetched.files.map(({ path, ending }) => ({ path, ending: safeEnding(ending) }))
    const stem = stemOf(
      `${video.prefix ?? ''}${fetched.title || 'Video'}`,
      kept.map(({ ending }) => ending),
    )
    const files = await stageAll(deps, { files: kept, stem, signal: run.signal })
    await listAll(deps, task, { fetched, files, stem })
  })
}

// A page may hold many videos: say which one came.
function titleOf({ title, videosOnPage }: FetchedVideo): string {
  return videosOnPage > 1 ? `${title} (first of ${videosOnPage} on that page)` : title
}

/** Room for ` (99)`, in case a file of that name appears meanwhile. */
const numberBytes = 5
const endingMaxBytes = 100

/**
 * What all names of a video begin with. It is cut once, for the longest of them: players find
 * subtitles by the name of the video.
 */
function stemOf(title: string, endings: readonly string[]): string {
  const longest = Math.max(...endings.map(utf8Length)) + numberBytes
  const filler = '.'.padEnd(longest, 'x')
  return safeTitle(title, filler).slice(0, -filler.length)
}

/** A language's name comes from the page: any length, any character. */
function safeEnding(ending: string): string {
  const dot = ending.lastIndexOf('.')
  const extension = cutToBytes(ending.slice(dot), 20)
  const track = cutToBytes(ending.slice(0, dot), endingMaxBytes)
  return safeFileName(`x${track}${extension}`)?.slice(1) ?? '.bin'
}

type StagedFile = Omit<NewFile, 'folder'>

async function stageAll(
  deps: VideoImportOptions,
  { files, stem, signal }: { files: VideoFile[]; stem: string; signal: AbortSignal },
): Promise<StagedFile[]> {
  const staged: StagedFile[] = []
  try {
    for (const { path, ending } of files) {
      signal.throwIfAborted()
      const name = `${stem}${ending}` as FileName
      staged.push({ name, staged: await deps.blobStore.stage({ workFile: path }) })
    }
    signal.throwIfAborted()
    return staged
  } catch (error) {
    await Promise.all(staged.map((file) => file.staged.discard()))
    throw error
  }
}

async function listAll(
  deps: VideoImportOptions,
  task: ImportTaskRecord,
  { fetched, files, stem }: { fetched: FetchedVideo; files: StagedFile[]; stem: string },
): Promise<void> {
  const notes = videoNotes(fetched, stem)
  const title = task.video.item === undefined ? titleOf(fetched) : fetched.title
  const listIn = async (folder: FolderPath, lock: string | null) => {
    const result = { title, resultFolder: folder, ...(notes.length === 0 ? {} : { notes }) }
    await deps.addFiles({
      ...{ userId: task.userId, stem, files: files.map((file) => ({ ...file, folder })) },
      // In one unit: after a crash between the two, the next start would fetch a second copy.
      async alongside(unit, _listed, { files: made }) {
        if (lock !== null) await deps.locks.releaseWith(unit, lock)
        await deps.writeListed(unit, { taskId: task.id, files: made })
        await deps.tasks.finish(task.id, { state: 'completed', progress: 100, ...result }, unit)
      },
    })
  }
  // What a person has chosen is shared by many, and is theirs: nothing is kept apart in it but names.
  if (task.video.folder) return await listIn(task.video.folder, null)
  // Two videos of one title must not share a folder.
  const lock = `video folders of ${task.userId}`
  await deps.locks.run([lock], async () =>
    listIn(await freeFolder(deps, task, fetched.title), lock),
  )
}

/** `/Title/`, or the first of `/Title (2)/`, `/Title (3)/` … that does not exist yet. */
async function freeFolder(
  deps: VideoImportOptions,
  task: ImportTaskRecord,
  title: string,
): Promise<FolderPath> {
  for (let number = 1; ; number += 1) {
    const folder = childFolder(rootFolder, safeTitle(title, number === 1 ? '' : ` (${number})`))
    if (!(await deps.folders.folderExists(task.userId, folder))) return folder
  }
}

function safeTitle(title: string, ending: string): FileName {
  return safeFileName(title, ending) ?? (`Video${ending}` as FileName)
}
