import type { KeptUpload } from '#app/features/uploads/upload.ts'
import { batchesOf } from '#app/lib/browser/slices.ts'

/** What became of an upload whose file was asked for again. */
export type Reopened = { id: string; file: File } | { id: string; why: 'denied' | 'gone' }

/** TypeScript's DOM does not know them yet; only Chromium does. */
type AskingHandle = FileSystemHandle & {
  queryPermission?(how: { mode: 'read' }): Promise<PermissionState>
  requestPermission?(how: { mode: 'read' }): Promise<PermissionState>
}

/** Each is a round trip to another process. */
const openedTogether = 50

/**
 * Which of the handles may be read, asking the person where the browser wants that: once for all of them
 * in Chromium from 122 on, else once for each that was dropped. The first "no" is the answer for the rest.
 * Call it while a press is handled: later the browser does not ask.
 */
export async function askToRead(
  handles: Iterable<FileSystemHandle>,
): Promise<Set<FileSystemHandle>> {
  const allowed = new Set<FileSystemHandle>()
  let isDenied = false
  for (const handle of handles as Iterable<AskingHandle>) {
    try {
      let state = (await handle.queryPermission?.({ mode: 'read' })) ?? 'granted'
      if (state === 'prompt' && !isDenied) {
        state = (await handle.requestPermission?.({ mode: 'read' })) ?? state
        isDenied = state !== 'granted'
      }
      if (state === 'granted') allowed.add(handle)
    } catch {
      // It was not asked: too late after the press, or forbidden for this page.
      isDenied = true
    }
  }
  return allowed
}

/** Opens the files of uploads below what was dropped, and tells of each as soon as it is known. */
export async function openSources(
  uploads: readonly KeptUpload[],
  handleOf: (upload: KeptUpload) => FileSystemHandle | null,
  onOpened: (opened: Reopened[]) => void,
): Promise<void> {
  const folders: OpenFolders = new Map()
  const openOne = async (upload: KeptUpload): Promise<Reopened> => {
    const { id } = upload
    const source = handleOf(upload)
    if (!source) return { id, why: 'denied' }
    try {
      return { id, file: await openFile(upload, source, folders) }
    } catch (error) {
      const isDenied = error instanceof DOMException && error.name === 'NotAllowedError'
      return { id, why: isDenied ? 'denied' : 'gone' }
    }
  }
  for (const batch of batchesOf(uploads, openedTogether)) {
    onOpened(await Promise.all(batch.map(openOne)))
  }
}

/** By the folder it was dropped with and the names down to it: opened once, for all files in it. */
type OpenFolders = Map<string, Promise<FileSystemDirectoryHandle>>

async function openFile(
  { path, name, handleId }: KeptUpload,
  source: FileSystemHandle,
  folders: OpenFolders,
): Promise<File> {
  if (source.kind === 'file') return (source as FileSystemFileHandle).getFile()
  // The first name is that of the folder that was dropped.
  const names = (path ?? name).split('/').slice(1)
  const openFolder = async (down: readonly string[]): Promise<FileSystemDirectoryHandle> => {
    const last = down.at(-1)
    if (last === undefined) return source as FileSystemDirectoryHandle
    const key = JSON.stringify([handleId, ...down])
    const opening =
      folders.get(key) ??
      openFolder(down.slice(0, -1)).then((parent) => parent.getDirectoryHandle(last))
    folders.set(key, opening)
    return await opening
  }
  const folder = await openFolder(names.slice(0, -1))
  return (await folder.getFileHandle(names.at(-1) ?? '')).getFile()
}
