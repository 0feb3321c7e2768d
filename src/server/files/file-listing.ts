import { type FilesPage, filesPageSize, type ListedFile } from '#contract/files.ts'
import { type FolderPath, rootFolder } from '#contract/folder-path.ts'
import { ApiFailure } from '#server/http/api-failure.ts'
import { isoTime } from '#server/http/clock.ts'
import { fileLink } from './file-link.ts'
import type { FileRepository } from './file-repository.ts'
import type { FolderRepository } from './folder-repository.ts'
import { PageEdges } from './page-edges.ts'
import type { StoredFile } from './stored-file.ts'

export type Place = { userId: string; folder: FolderPath }

export type FileListing = {
  /** The page of `GET /files` that starts at `offset`. Throws `not_found`. */
  page(place: Place, offset: number): Promise<FilesPage>
  /** Lists files, which come to stand at `rows`, by `add`; pages that are remembered stay true. */
  adding<Result>(
    place: Place,
    rows: { folded_name: string; id: string }[],
    add: () => Promise<Result>,
  ): Promise<Result>
}

type Parts = { files: FileRepository; folders: FolderRepository; publicUrl(): string }

export function createFileListing({ files, folders, publicUrl }: Parts): FileListing {
  const edges = new PageEdges()

  return {
    async page(place, offset) {
      const { userId, folder } = place
      // The root is there also when nothing is in it.
      if (folder !== rootFolder && !(await folders.folderExists(userId, folder))) {
        throw new ApiFailure('not_found', `There is no folder ${folder}`)
      }
      const rows = await edges.reading({ folder: keyOf(place), offset }, async (from) => {
        // The file before the page is read too, where it was skipped: it is where the page starts.
        const lead = from.skip > 0 ? 1 : 0
        // One more than a page holds tells whether there is another page.
        const limit = lead + filesPageSize + 1
        const read = await files.page(place, { ...from, skip: from.skip - lead, limit })
        const page = read.slice(lead)
        const end = offset + Math.min(page.length, filesPageSize)
        const seen = [offset, end].flatMap((edgeOffset) => {
          const before = read[edgeOffset - 1 - (offset - lead)]
          return before ? [{ offset: edgeOffset, edge: before.edge }] : []
        })
        return { page, seen }
      })
      const shown = rows.slice(0, filesPageSize)
      return {
        status: 'ok',
        path: folder,
        folders: offset === 0 ? await folders.subfolders(userId, folder) : [],
        files: shown.map(({ file }) => listedFile(publicUrl(), file)),
        limit: filesPageSize,
        next_offset: offset + shown.length,
        has_more: rows.length > filesPageSize,
      }
    },

    adding(place, rows, add) {
      const added = rows.map(({ folded_name, id }) => ({ foldedName: folded_name, id }))
      return edges.adding(keyOf(place), added, add)
    },
  }
}

function listedFile(publicUrl: string, file: StoredFile): ListedFile {
  return {
    name: file.name,
    size: file.size,
    link: fileLink(publicUrl, file),
    uploaded_at: isoTime(file.uploadedAt.getTime()),
  }
}

function keyOf({ userId, folder }: Place): string {
  return `${userId} ${folder}`
}
