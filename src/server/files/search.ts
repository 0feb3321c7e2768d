import { fileEndings } from '#contract/file-kind.ts'
import { type FolderPath, folderSegments } from '#contract/folder-path.ts'
import { foldName } from '#contract/name-order.ts'
import {
  type FoundItem,
  type SearchKind,
  type SearchPage,
  searchPageSize,
} from '#contract/search.ts'
import { isoTime } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { FoundName, NameSearch } from '#server/storage/name-search.ts'
import { fileLink } from './file-repository.ts'

type Asked = { q: string; path: FolderPath; kind?: SearchKind | undefined; offset: number }

export type Search = {
  /** The page of `GET /search`. @throws ApiFailure `not_found` where there is no folder `path` */
  page(userId: string, asked: Asked): Promise<SearchPage>
}

type Deps = { names: NameSearch; publicUrl(): string }

export function createSearch({ names, publicUrl }: Deps): Search {
  return {
    async page(userId, { q, path, kind, offset }) {
      // No name has them, and SQLite ends a text at the first NUL.
      const isPossible = !/\p{Cc}/u.test(q)
      const words = foldName(isPossible ? q : '')
        .split(/\s+/u)
        .filter((word) => word !== '')
      const found = await names.find({
        ...{ userId, folders: folderSegments(path), words, phrase: words.join(' ') },
        ...{ kind: kindOf(kind), endings: endingsOf(kind), offset, limit: searchPageSize },
      })
      if (found === null) throw new ApiFailure('not_found', `There is no folder ${path}`)
      const items = found.items.map((one) => toItem(one, publicUrl()))
      const nextOffset = offset + items.length
      return {
        ...{ status: 'ok', items, limit: searchPageSize },
        ...{ next_offset: nextOffset, has_more: nextOffset < found.total },
      }
    },
  }
}

function kindOf(kind: SearchKind | undefined): 'file' | 'folder' | null {
  if (kind === undefined || kind === 'folder') return kind ?? null
  return 'file'
}

/** What people call a document may also be plain text. */
function endingsOf(kind: SearchKind | undefined): string[] {
  if (kind === undefined || kind === 'file' || kind === 'folder') return []
  const lists = kind === 'document' ? [fileEndings.document, fileEndings.text] : [fileEndings[kind]]
  return lists.flatMap((list) => list.split(' ').map((ending) => `.${ending}`))
}

function toItem(found: FoundName, publicUrl: string): FoundItem {
  if (found.kind === 'folder') return found
  const { kind, name, path, size, uploadedAt } = found
  const link = fileLink(publicUrl, found)
  return { kind, name, path, size, link, uploaded_at: isoTime(uploadedAt) }
}
