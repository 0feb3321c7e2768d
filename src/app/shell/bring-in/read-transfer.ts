import { type Access, missingScope } from '#app/api/http/api-key-text.ts'
import { findTransferLinks } from '#app/features/imports/links/find-links.ts'
import {
  isShortcut,
  mayHoldLinks,
  readLinkFile,
} from '#app/features/imports/links/read-link-file.ts'
import type { UploadRequest } from '#app/features/uploads/upload.ts'
import { count } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { announce } from '#app/ui/announcer.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import type { HeldItem, HeldTransfer } from './hold-transfer.ts'
import { placeFiles } from './place-files.ts'
import { readDrop, refusedRequests } from './read-drop.ts'

export type TakeTransferOptions = {
  folder: FolderPath
  access: Access
  /** The import dialog is open: files with links in them are read, not sent. */
  readsLists?: boolean
  /** Whether who brought it in is still connected. */
  isSameAccount: () => boolean
  onLinks: (links: string[]) => void
  /** `words` say what began, where nothing shows it. */
  onUploads: (uploads: UploadRequest[], words: string) => void
}

/** Uploads and imports what a drop or paste holds, or says why not. */
export async function takeTransfer(
  held: HeldTransfer,
  options: TakeTransferOptions,
): Promise<void> {
  const { folder, access, isSameAccount, onLinks, onUploads } = options
  const { links, uploads } =
    (await readLinkFiles(held.items, options)) ?? (await readTransfer(held, folder))
  if (!isSameAccount()) {
    return announce('The session ended while it was read. Connect, then bring it in again.')
  }
  if (links.length + uploads.length === 0) {
    return announce('There is no file and no link in it. Links start with https:// or http://.')
  }
  if (uploads.length > 0) {
    if (access.canUpload) {
      onUploads(uploads, `${count(uploads.length, 'upload')} to ${visibleName(folder)}`)
    } else announce(missingScope.upload.reason)
  }
  if (links.length > 0) {
    if (access.canImport) onLinks(links)
    else announce(missingScope.import.reason)
  }
}

type Brought = {
  links: string[]
  /** With a row for each thing that cannot be sent. */
  uploads: UploadRequest[]
}

/**
 * The links in the files that are brought in, where they are no more than that: shortcuts to pages, and
 * lists for the dialog that is open. Null where there are other files, or no link; who cannot import
 * sends them as files.
 */
async function readLinkFiles(
  items: readonly HeldItem[],
  { access, readsLists }: Pick<TakeTransferOptions, 'access' | 'readsLists'>,
): Promise<Brought | null> {
  const isForLinks = readsLists ? mayHoldLinks : isShortcut
  const files = items.map(({ file }) => file)
  const areForLinks = files.every((file) => file !== null && isForLinks(file.name))
  if (files.length === 0 || !areForLinks || !access.canImport) return null
  const found = await Promise.all(files.map((file) => (file ? readLinkFile(file) : [])))
  const links = [...new Set(found.flat())]
  return links.length > 0 ? { links, uploads: [] } : null
}

/**
 * What a drop or paste holds. Links and words come before pictures of them: a spreadsheet gives its cells as
 * text, as HTML and as a picture. A picture whose own address stands beside it is the picture.
 */
async function readTransfer(held: HeldTransfer, folder: FolderPath): Promise<Brought> {
  const { links, isPictureAddress, isText } = findTransferLinks(held)
  const arePictures = held.items.length > 0 && held.items.every(isPicture)
  const showsText = links.length > 0 || (isText && held.items.every(isUnnamed) && !isNamed(held))
  if (arePictures && !isPictureAddress && showsText) return { links, uploads: [] }
  const { files, leftOut } = await readDrop(held.items)
  const placed = await placeFiles(files, folder)
  const uploads = placed.concat(refusedRequests(leftOut, folder))
  // Other files come along with the links, but for where a picture among them came from.
  return { links: isPictureAddress && uploads.length > 0 ? [] : links, uploads }
}

function isPicture({ type, file }: HeldItem): boolean {
  return (type || file?.type || '').startsWith('image/')
}

/** Browsers give this name to a picture that was no file on the clipboard. */
function isUnnamed({ file }: HeldItem): boolean {
  return /^image\.\w+$/.test(file?.name ?? '')
}

/** macOS puts the name of a copied file beside it as text. */
function isNamed({ text, items }: HeldTransfer): boolean {
  return items.some(({ file }) => file !== null && text.trim().endsWith(file.name))
}
