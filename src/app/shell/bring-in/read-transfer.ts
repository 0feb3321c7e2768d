import { findTransferLinks } from '#app/features/imports/links/find-links.ts'
import type { UploadRequest } from '#app/features/uploads/model/upload.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { HeldItem, HeldTransfer } from './hold-transfer.ts'
import { placeFiles } from './place-files.ts'
import { readDrop, refusedRequests } from './read-drop.ts'

export type Brought = {
  links: string[]
  /** With a row for each thing that cannot be sent. */
  uploads: UploadRequest[]
}

/**
 * What a drop or paste holds. Links and words come before pictures of them: a spreadsheet gives its cells as
 * text, as HTML and as a picture. A picture whose own address stands beside it is the picture.
 */
export async function readTransfer(held: HeldTransfer, folder: FolderPath): Promise<Brought> {
  const { links, isPictureAddress, isText } = findTransferLinks(held)
  const arePictures = held.items.length > 0 && held.items.every(isPicture)
  const showsText = links.length > 0 || (isText && held.items.every(isUnnamed) && !isNamed(held))
  if (arePictures && !isPictureAddress && showsText) return { links, uploads: [] }
  const { files, leftOut } = await readDrop(held.items)
  const uploads = [...placeFiles(files, folder), ...refusedRequests(leftOut, folder)]
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
