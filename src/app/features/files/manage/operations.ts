import type { CachePatch } from '#app/api/cache/queries.ts'
import {
  folderOf,
  type ItemPath,
  isFolderPath,
  nameOfItem,
  type Relocation,
} from '#app/api/cache/relocate.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { ListedFile } from '#contract/files.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { freePath, listedFile } from './item-path.ts'
import { countItems, describeFolder, describeItems, quoted } from './manage-text.ts'
import type { Job } from './perform.ts'
import type { Done, Outcome, SendItems, Step } from './run-job.ts'

/** Something in the trash, and where it was. */
export type Trashed = { id: string; path: ItemPath; file?: ListedFile | undefined }

/** All files of a folder, beside the items that are named. */
export type AllFiles = { path: FolderPath; files: number }

export type Perform = (job: Job) => Promise<Outcome>

/** What can be done with files and folders, each with what takes it back. */
export class Operations {
  readonly #client: ApiClient
  readonly #patch: CachePatch
  readonly #perform: Perform
  readonly #performBack: Perform

  constructor(
    client: ApiClient,
    patch: CachePatch,
    how: { perform: Perform; performBack: Perform },
  ) {
    this.#client = client
    this.#patch = patch
    this.#perform = how.perform
    this.#performBack = how.performBack
  }

  rename(item: ItemPath, name: string, onRefused?: (message: string) => boolean): Promise<Outcome> {
    const to = folderOf(item) + name + (isFolderPath(item) ? '/' : '')
    const send: SendItems = async (_, how) => {
      const { path } = await this.#client.call(endpoints.rename, { body: { item, name }, ...how })
      return { results: [{ item, status: 'ok', path }] }
    }
    return this.#perform({
      steps: [{ item, change: { from: item, to } }],
      send,
      doing: 'Renaming',
      verb: 'renamed',
      said: `Renamed to ${quoted(name)}`,
      undo: async ([done]) => done?.path && this.#back().rename(done.path, nameOfItem(item)),
      ...(onRefused ? { onRefused } : {}),
    })
  }

  move(items: readonly ItemPath[], to: FolderPath, said?: string, all?: AllFiles) {
    const going = items.filter((item) => folderOf(item) !== to)
    const taken = new Set<ItemPath>()
    const steps = going.map((item): Step => {
      const path = freePath(this.#patch, to, item, taken)
      return { item, change: { from: item, to: path } }
    })
    if (steps.length === 0 && !all) return null
    const isKnown = (item: ItemPath) =>
      isFolderPath(item) || listedFile(this.#patch, item) !== undefined
    const isAllKnown = going.every(isKnown)
    return this.#perform({
      steps,
      send: this.#place(endpoints.move, to),
      doing: 'Moving',
      verb: 'moved',
      said: said ?? `${describeAll(going, all)} moved to ${describeFolder(to)}`,
      whole: all && this.#wholePlace(endpoints.move, all, to),
      where: `to ${describeFolder(to)}`,
      undo: (done) => this.#moveBack(done),
      stale: () => (isAllKnown && !all ? [] : [to]),
    })
  }

  /** To where each came from, with the name that it had there. */
  async #moveBack(done: readonly Done[]): Promise<void> {
    const byFolder = Map.groupBy(done, ({ item }) => folderOf(item))
    for (const [origin, some] of byFolder) {
      const paths = some.flatMap(({ path }) => path ?? [])
      const moved = await this.#back().move(
        paths,
        origin,
        `${describeItems(some.map(({ item }) => item))} moved back`,
      )
      const names = new Map(some.map(({ item, path }) => [path, nameOfItem(item)]))
      for (const { item, path } of moved?.done ?? []) {
        const name = names.get(item)
        if (path && name !== undefined && nameOfItem(path) !== name)
          await this.#back().rename(path, name)
      }
    }
  }

  copy(items: readonly ItemPath[], to: FolderPath, all?: AllFiles) {
    const taken = new Set<ItemPath>()
    const steps = items.map((item): Step => {
      const file = listedFile(this.#patch, item)
      const path = freePath(this.#patch, to, item, taken)
      // Its link is the server's to say.
      const shown: ListedFile | undefined = file && { ...file, link: '' }
      return { item, change: { from: null, to: path, file: shown } }
    })
    return this.#perform({
      steps,
      send: this.#place(endpoints.copy, to),
      doing: 'Copying',
      verb: 'copied',
      said: `${describeAll(items, all)} copied to ${describeFolder(to)}`,
      whole: all && this.#wholePlace(endpoints.copy, all, to),
      where: `to ${describeFolder(to)}`,
      undo: (done) =>
        this.#back().erase(
          done.flatMap(({ path }) => path ?? []),
          'Copy undone',
        ),
      stale: ({ done }) => (done.some(({ item }) => !isFolderPath(item)) ? [to] : []),
      isTreeStale: items.some(isFolderPath),
    })
  }

  erase(items: readonly ItemPath[], said?: string, all?: AllFiles): Promise<Outcome> {
    return this.#perform({
      steps: items.map((item) => ({ item, change: { from: item, to: null } })),
      send: (items, how) => this.#client.call(endpoints.delete, { body: { items }, ...how }),
      doing: 'Deleting',
      verb: 'deleted',
      said: said ?? `${describeAll(items, all)} deleted`,
      whole: all && {
        path: all.path,
        total: all.files,
        isGone: true,
        send: (files_of, how) =>
          this.#client.call(endpoints.delete, { body: { files_of }, ...how }),
      },
      undo: (done) => this.#back().restore(done),
      canUndo: (done) => done.some(({ trashId }) => trashId !== null),
    })
  }

  /** What was deleted just now. */
  restore(deleted: readonly Done[]): Promise<Outcome> {
    return this.restoreItems(
      deleted.flatMap(({ trashId, item, change }) =>
        trashId === null ? [] : [{ id: trashId, path: item, file: change?.file }],
      ),
    )
  }

  restoreItems(trashed: readonly Trashed[], onEnd?: Job['onEnd']): Promise<Outcome> {
    return this.#perform({
      steps: trashed.map(({ id, path, file }) => ({
        item: id,
        change: { from: null, to: path, file },
      })),
      send: (ids, how) => this.#client.call(endpoints.restore, { body: { ids }, ...how }),
      doing: 'Restoring',
      verb: 'restored',
      said: `${describeItems(trashed.map(({ path }) => path))} restored`,
      undo: (done) => this.#back().erase(done.flatMap(({ path }) => path ?? [])),
      stale: ({ done }) => done.flatMap(({ change }) => foldersWithUnknown(change)),
      isTreeStale: trashed.some(({ path }) => isFolderPath(path)),
      ...(onEnd ? { onEnd } : {}),
    })
  }

  deleteForEver(trashed: readonly Trashed[], onEnd: Job['onEnd']): Promise<Outcome> {
    return this.#perform({
      steps: trashed.map(({ id }) => ({ item: id, change: null })),
      send: (ids, how) => this.#client.call(endpoints.deleteForEver, { body: { ids }, ...how }),
      doing: 'Deleting for ever',
      verb: 'deleted for ever',
      said: `${describeItems(trashed.map(({ path }) => path))} deleted for ever`,
      undo: null,
      onEnd,
    })
  }

  createFolder(path: FolderPath) {
    const send: SendItems = async ([item = ''], how) => {
      await this.#client.call(endpoints.createFolder, { body: { path }, ...how })
      return { results: [{ item, status: 'ok', path }] }
    }
    const job: Job = {
      steps: [{ item: path, change: { from: null, to: path } }],
      send,
      doing: 'Making',
      verb: 'made',
      said: `Folder ${quoted(nameOfItem(path))} made`,
      undo: () => this.#back().erase([path]),
    }
    const ended = this.#perform(job)
    seedListing(this.#patch, path)
    return ended
  }

  /** The same for taking something back. */
  #back(): Operations {
    const how = { perform: this.#performBack, performBack: this.#performBack }
    return new Operations(this.#client, this.#patch, how)
  }

  #place(endpoint: typeof endpoints.move | typeof endpoints.copy, to: FolderPath): SendItems {
    return (items, how) => this.#client.call(endpoint, { body: { items, to }, ...how })
  }

  #wholePlace(
    endpoint: typeof endpoints.move | typeof endpoints.copy,
    { path, files }: AllFiles,
    to: FolderPath,
  ): NonNullable<Job['whole']> {
    return {
      path,
      total: files,
      isGone: endpoint === endpoints.move,
      send: (files_of, how) => this.#client.call(endpoint, { body: { files_of, to }, ...how }),
    }
  }
}

function describeAll(items: readonly ItemPath[], all?: AllFiles): string {
  return all ? countItems(items.length + all.files) : describeItems(items)
}

/** A file that nobody has listed, and what is in a folder. */
function foldersWithUnknown(change: Relocation | null): FolderPath[] {
  if (!change?.to || change.file) return []
  return isFolderPath(change.to) ? [change.to] : [folderOf(change.to)]
}

/** A new folder is empty: nobody has to ask. */
function seedListing({ queryClient, queries }: CachePatch, path: FolderPath) {
  const page = {
    status: 'ok',
    path,
    folders: [],
    files: [],
    limit: 50,
    next_offset: 0,
    has_more: false,
  } as const
  const listing = { pages: [{ ...page, folders: [], files: [] }], pageParams: [0], total: 0 }
  queryClient.setQueryData(queries.folder(path).queryKey, (known) => known ?? listing)
}
