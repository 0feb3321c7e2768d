import { visibleName } from '#app/lib/visible-name.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { UploadRequest } from './upload.ts'

/** What of a drop stays behind. `name` is '' where not even the name could be read. */
export type LeftOut = { name: string; folders: string; why: 'unreadable' | 'empty folder' }

const mostNamed = 5

/** The rows that say what stays behind, and why: one for each thing, one for all empty folders. */
export function refusedRequests(leftOut: readonly LeftOut[], folder: FolderPath): UploadRequest[] {
  const unreadable = leftOut.filter(({ why }) => why === 'unreadable')
  const empty = leftOut.filter(({ why }) => why === 'empty folder')
  const requests = unreadable.map(({ name, folders }) => ({
    file: new File([], name),
    name: name === '' ? 'A file whose name is no text' : name,
    folder: folder + folders,
    refusal: {
      reason: 'The browser cannot read it: a link to nothing, or not yours to read.',
      nextStep: name === '' ? 'Rename it and add it again.' : 'Make it readable and add it again.',
      canRetry: false,
    },
  }))
  return empty.length === 0 ? requests : [...requests, emptyFolders(empty, folder)]
}

function emptyFolders(empty: readonly LeftOut[], folder: FolderPath): UploadRequest {
  const [first] = empty
  const isOne = empty.length === 1 && first !== undefined
  const name = isOne ? first.name : `${empty.length.toLocaleString('en')} empty folders`
  const named = empty.slice(0, mostNamed).map((one) => visibleName(`${one.folders}${one.name}`))
  const more = empty.length - named.length
  if (more > 0) named.push(`and ${more.toLocaleString('en')} more`)
  const which = isOne ? 'This folder is empty' : `Left out: ${named.join(', ')}`
  return {
    file: new File([], name),
    name,
    folder: folder + (isOne ? first.folders : ''),
    refusal: {
      reason: `${which}. Folders exist here only by the files in them.`,
      nextStep: 'Put a file in, and add it again.',
      canRetry: false,
    },
  }
}
