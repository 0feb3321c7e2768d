import { type ArchiveReply, maxArchiveEntries } from '#contract/archive.ts'
import { createEntryNames, type EntryNames, safeName } from '#contract/archive-names.ts'
import { type FileName, numberedFileName } from '#contract/file-name.ts'
import { type FolderPath, folderName, folderTrail, rootFolder } from '#contract/folder-path.ts'
import { type Clock, isoTime } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { createTrackingId } from '#server/files/file-repository.ts'
import { rootFolderId } from '#server/files/folder-repository.ts'
import { createGiveWay } from '#server/files/manage/give-way.ts'
import { type Item, itemPath, notThere, parseItem } from '#server/files/manage/item.ts'
import { type ArchiveList, startList } from './archive-list.ts'
import type { ArchiveRepository, FoundFile, FoundItem } from './archive-repository.ts'

/** How long a link opens its archive. A download that has begun may take longer. */
const archiveMs = 12 * 60 * 60 * 1000
/** What one key may have at once; the oldest give way. */
const mostOfKey = { archives: 50, entries: 1_000_000 }

export type ArchiveWish = {
  userId: string
  keyId: string
  items?: string[] | undefined
  files_of?: { path: FolderPath; except: string[] } | undefined
  name?: FileName | undefined
  /** Of who comes by a link: what its paths mean. */
  guest?: ArchiveGuest | undefined
}

/** What somebody sees who sees not all of the account. */
export type ArchiveGuest = {
  findItem(item: Item): Promise<FoundItem>
  folderAt(path: FolderPath): Promise<number | null>
  /** What `/` is: a folder by its id, or what is selected. */
  root: number | Item[]
  rootName: string
  /** When nothing opens any more, epoch milliseconds. */
  until: number
  most: typeof mostOfKey
}

export type ArchiveDeps = { archives: ArchiveRepository; clock: Clock; publicUrl(): string }

/**
 * Fixes what is in an archive: a link to it sends these very files, or fails.
 * @throws ApiFailure `not_found` where something named is not there, `invalid_request` where it cannot be named
 */
export async function makeArchive(deps: ArchiveDeps, wish: ArchiveWish): Promise<ArchiveReply> {
  const { archives, clock, publicUrl } = deps
  const { userId } = wish
  const tops = readTops(wish.items ?? [], wish.guest?.root)
  const name = zipName(wish, tops)
  const token = createTrackingId()
  const now = clock.now()
  const expiresAt = Math.min(now + archiveMs, wish.guest?.until ?? Number.POSITIVE_INFINITY)
  await archives.begin({
    ...{ token, user_id: userId, key_id: wish.keyId, name, created_at: now },
    ...{ expires_at: expiresAt, etag: '', size: 0, files: 0, entries: 0 },
    ...{ directory_at: 0, directory_size: 0 },
  })
  try {
    const list = startList(archives, token)
    const view = wish.guest ?? viewOfAll(archives, userId)
    await new Selection({ archives, userId, list, now, view }).addAll(wish, tops)
    const known = await list.end()
    await archives.finish(token, known)
    await dropOldest(archives, wish)
    const link = `${publicUrl()}/share/zip/${token}/${encodeURIComponent(name)}`
    const { size, files } = known
    return { status: 'ok', link, name, size, files, expires_at: isoTime(expiresAt) }
  } catch (error) {
    await archives.remove([token]).catch(() => {})
    throw error
  }
}

type View = Pick<ArchiveGuest, 'findItem' | 'folderAt' | 'root'>

function viewOfAll(archives: ArchiveRepository, userId: string): View {
  return {
    findItem: (item) => archives.findItem({ userId }, item),
    folderAt: (path) => archives.folderAt({ userId }, path),
    root: rootFolderId,
  }
}

async function dropOldest(
  archives: ArchiveRepository,
  { userId, keyId, guest }: ArchiveWish,
): Promise<void> {
  const most = guest?.most ?? mostOfKey
  let total = 0
  const dropped: string[] = []
  for (const [index, { token, entries }] of (await archives.ofKey(userId, keyId)).entries()) {
    total += entries
    if (index > 0 && (index >= most.archives || total > most.entries)) dropped.push(token)
  }
  await archives.remove(dropped)
}

/** `root`: all there is. Else the items, once each, and none that is in a folder that is named, too. */
type Tops = { isRoot: boolean; items: Item[] }

function readTops(texts: string[], root: ArchiveGuest['root'] = rootFolderId): Tops {
  if (texts.includes(rootFolder)) {
    return { isRoot: true, items: typeof root === 'number' ? [] : root }
  }
  const byPath = new Map<string, Item>()
  for (const text of texts) {
    const item = parseItem(text)
    if (!item.ok) throw new ApiFailure('invalid_request', `${text.slice(0, 200)}: ${item.rule}`)
    byPath.set(itemPath(item.value), item.value)
  }
  const isInside = (item: Item) =>
    folderTrail(item.folder).some((folder) => folder !== rootFolder && byPath.has(folder))
  return { isRoot: false, items: [...byPath.values()].filter((item) => !isInside(item)) }
}

function zipName(wish: ArchiveWish, { isRoot, items }: Tops): string {
  const { name, files_of } = wish
  const [first, ...more] = isRoot ? [] : items
  const folders = new Set(items.map(({ folder }) => folder))
  if (files_of) folders.add(files_of.path)
  const [folder = rootFolder] = folders.size === 1 ? folders : []
  const isOne = first !== undefined && more.length === 0 && files_of === undefined
  const found = name ?? (isOne ? first.name : folderName(isRoot ? rootFolder : folder))
  const stem = safeName(found || (isRoot ? wholeName(wish) : 'Files'))
  if (/\.zip$/i.test(stem)) return stem
  // With room for the ending, cut as any long name is.
  const { length } = Buffer.from(stem)
  return length <= 251 ? `${stem}.zip` : numberedFileName(`${stem}.zip` as FileName, 1)
}

function wholeName({ guest }: ArchiveWish): string {
  return guest?.rootName ?? 'All files'
}

type SelectionOptions = {
  archives: ArchiveRepository
  userId: string
  list: ArchiveList
  now: number
  view: View
}

/** Goes through what is chosen, some rows at a time, and adds it to the list. */
class Selection {
  readonly #options: SelectionOptions
  readonly #giveWay = createGiveWay()

  constructor(options: SelectionOptions) {
    this.#options = options
  }

  async addAll({ files_of }: ArchiveWish, { isRoot, items }: Tops): Promise<void> {
    const { view } = this.#options
    const names = createEntryNames()
    if (isRoot && typeof view.root === 'number') {
      return await this.#addInside(view.root, { prefix: '', names })
    }
    for (const item of items) {
      const found = await view.findItem(item)
      if (found === null) throw new ApiFailure('not_found', notThere(item).message)
      const name = names.take(item.kind, item.name)
      if ('folderId' in found) await this.#addFolder(found.folderId, `${name}/`)
      else await this.#add(name, found)
      await this.#giveWay()
    }
    if (files_of) await this.#addFilesOf(files_of, items, names)
  }

  async #addFilesOf(
    { path, except }: NonNullable<ArchiveWish['files_of']>,
    items: Item[],
    names: EntryNames,
  ): Promise<void> {
    const folderId = await this.#options.view.folderAt(path)
    if (folderId === null) throw new ApiFailure('not_found', `There is no folder ${path}`)
    const left = new Set([...except, ...items.map(itemPath)])
    // Whatever of them is in a folder that is named goes with that one.
    if (folderTrail(path).some((folder) => folder !== rootFolder && left.has(folder))) return
    await this.#addFiles(folderId, { prefix: '', names }, (name) => {
      return !left.has(name) && !left.has(path + name)
    })
  }

  async #addFolder(folderId: number, path: string): Promise<void> {
    await this.#add(path, null)
    await this.#addInside(folderId, { prefix: path, names: createEntryNames() })
  }

  async #addInside(folderId: number, inside: { prefix: string; names: EntryNames }): Promise<void> {
    const { archives, userId } = this.#options
    const { prefix, names } = inside
    // First, so that they keep their names: a file that is called the same gets a number.
    const folders: { id: number; path: string }[] = []
    for (let after = ''; ; ) {
      const some = await archives.folders(userId, folderId, after)
      for (const { id, name } of some) {
        folders.push({ id, path: `${prefix}${names.take('folder', name)}/` })
      }
      this.#requireRoom(folders.length)
      if (some.length === 0) break
      after = some.at(-1)?.name ?? ''
    }
    await this.#addFiles(folderId, inside, () => true)
    for (const { id, path } of folders) await this.#addFolder(id, path)
  }

  async #addFiles(
    folderId: number,
    { prefix, names }: { prefix: string; names: EntryNames },
    isWanted: (name: string) => boolean,
  ): Promise<void> {
    const { archives, userId } = this.#options
    for (let after = ''; ; ) {
      const some = await archives.files(userId, folderId, after)
      for (const file of some) {
        if (isWanted(file.name)) await this.#add(prefix + names.take('file', file.name), file)
      }
      if (some.length === 0) return
      after = some.at(-1)?.name ?? ''
      await this.#giveWay()
    }
  }

  async #add(path: string, found: FoundFile | null): Promise<void> {
    const { list, now } = this.#options
    this.#requireRoom(1)
    const file = found && { id: found.id, blobId: found.blobId }
    await list.add({ path, size: found?.size ?? 0, modifiedAt: found?.uploadedAt ?? now, file })
  }

  #requireRoom(more: number): void {
    if (this.#options.list.entries + more <= maxArchiveEntries) return
    throw new ApiFailure(
      'invalid_request',
      `An archive holds at most ${maxArchiveEntries.toLocaleString('en')} files and folders. Choose fewer.`,
    )
  }
}
