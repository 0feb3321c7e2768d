import type { FileName } from '#contract/file-name.ts'
import { childFolder, type FolderPath, rootFolder } from '#contract/folder-path.ts'
import { videoOptions } from '#contract/imports.ts'
import type { AddFile } from '#server/files/add-file.ts'
import type { FolderRepository } from '#server/files/folder-repository.ts'
import type { StagedBlob } from '#server/storage/blob-store.ts'
import { safeFileName } from './import-file-name.ts'
import type { ImportEnd, ImportRepository, ImportTaskRow } from './import-repository.ts'
import type { MediaTools } from './media-tools.ts'
import { type FetchedVideo, fetchVideo, type VideoFetchParts } from './yt-dlp.ts'

export type VideoImportParts = VideoFetchParts & {
  addFile: AddFile
  folders: Pick<FolderRepository, 'folderExists'>
  repository: ImportRepository
  /** Folders that imports are about to fill, so that two of one title do not share one. */
  takenFolders: Set<string>
}

type Staged = { ending: string; staged: StagedBlob }

/** Fetches a task's video and lists its files in a folder of its title, once all of them are there. */
export async function importVideo(
  parts: VideoImportParts,
  task: ImportTaskRow,
  run: {
    tools: MediaTools
    signal: AbortSignal
    onProgress(percent: number | null, title: string | null): void
  },
): Promise<ImportEnd> {
  const video = videoOptions.parse(JSON.parse(task.video_json))
  return await fetchVideo(parts, { url: new URL(task.url), video, ...run }, async (fetched) => {
    const files = await stageAll(parts, fetched, run.signal)
    const folder = await listAll(parts, task, { title: fetched.title, files })
    return { state: 'completed', progress: 100, title: titleOf(fetched), result_folder: folder }
  })
}

// A page may hold many videos; which one came must not be a riddle.
function titleOf({ title, videosOnPage }: FetchedVideo): string {
  return videosOnPage > 1 ? `${title} (first of ${videosOnPage} on that page)` : title
}

async function stageAll(
  parts: VideoImportParts,
  fetched: FetchedVideo,
  signal: AbortSignal,
): Promise<Staged[]> {
  const files: Staged[] = []
  try {
    for (const { path, ending } of fetched.files) {
      signal.throwIfAborted()
      files.push({ ending, staged: await parts.blobStore.adopt(path) })
    }
    signal.throwIfAborted()
    return files
  } catch (error) {
    await Promise.all(files.map(({ staged }) => staged.discard()))
    throw error
  }
}

async function listAll(
  parts: VideoImportParts,
  task: ImportTaskRow,
  video: { title: string; files: Staged[] },
): Promise<FolderPath> {
  const folder = await takeFolder(parts, task, video.title)
  try {
    await parts.repository.setResultFolder(task.id, folder)
    for (const { ending, staged } of video.files) {
      const name = safeTitle(video.title, ending)
      await parts.addFile({ userId: task.user_id, folder, name, staged })
    }
    return folder
  } finally {
    parts.takenFolders.delete(takenKey(task, folder))
  }
}

/** `/Title/`, or the first of `/Title (2)/`, `/Title (3)/` … that nothing is in. */
async function takeFolder(
  parts: VideoImportParts,
  task: ImportTaskRow,
  title: string,
): Promise<FolderPath> {
  if (task.result_folder !== null) return task.result_folder as FolderPath
  for (let number = 1; ; number += 1) {
    const folder = childFolder(rootFolder, safeTitle(title, number === 1 ? '' : ` (${number})`))
    const key = takenKey(task, folder)
    if (parts.takenFolders.has(key)) continue
    parts.takenFolders.add(key)
    if (!(await parts.folders.folderExists(task.user_id, folder))) return folder
    parts.takenFolders.delete(key)
  }
}

function safeTitle(title: string, ending: string): FileName {
  return safeFileName(title, ending) ?? (`Video${ending}` as FileName)
}

function takenKey(task: ImportTaskRow, folder: FolderPath): string {
  return `${task.user_id} ${folder}`
}
