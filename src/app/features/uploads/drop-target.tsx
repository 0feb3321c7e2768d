import { Suspense, useState } from 'react'
import { announce } from '#app/ui/announcer.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import { holdDrop } from './hold-drop.ts'
import { placeFiles } from './place-files.ts'
import { hasFiles, readText } from './read-transfer.ts'
import type { UploadRequest } from './upload.ts'
import { useDrop } from './use-drop.ts'
import { usePaste } from './use-paste.ts'

export type DropTargetProps = {
  /** Where dropped files go. */
  folder: FolderPath
  canUpload: boolean
  canImport: boolean
  /** `findLinks` of the imports feature. */
  findLinks: (text: string) => string[]
  onFiles: (requests: UploadRequest[]) => void
  /** Links that were dropped, or pasted outside a text field; never empty. */
  onLinks: (links: string[]) => void
}

const DropOverlay = lazyPart(async () => (await import('./drop-overlay.tsx')).DropOverlay, {
  floats: true,
})

const noFiles = 'There is no file in there, and folders exist only by their files.'
const notLoaded =
  'The part of this page that reads drops could not be loaded. Check the connection and drop again.'

/** Takes files and links that are dropped anywhere or pasted outside a text field; shows what would happen. */
export function DropTarget(props: DropTargetProps) {
  const { folder, canUpload, canImport, findLinks, onFiles, onLinks } = props
  const [readings, setReadings] = useState(0)

  const takeFiles = (requests: UploadRequest[]) => {
    if (!canUpload) announce('Uploading needs a key with the scope “upload”.')
    else if (requests.length > 0) onFiles(requests)
    else announce(noFiles)
  }
  const takeText = (text: string) => {
    const links = findLinks(text)
    if (links.length === 0) return
    if (canImport) onLinks(links)
    else announce('Importing links needs a key with the scope “import”.')
  }
  // Reading a large folder takes a while, and the person may have gone on to another one.
  const takeDrop = async (transfer: DataTransfer, target: FolderPath) => {
    const items = holdDrop(transfer)
    setReadings((count) => count + 1)
    try {
      const { readDrop } = await import('./read-drop.ts')
      const { files, leftOut } = await readDrop(items)
      takeFiles(placeFiles(files, target))
      if (files.length > 0 && leftOut.length > 0) {
        announce(`Left out, because they are empty folders or cannot be read: ${leftOut.length}`)
      }
    } catch {
      announce(notLoaded)
    } finally {
      setReadings((count) => count - 1)
    }
  }

  usePaste({
    onFiles: (files) =>
      takeFiles(
        placeFiles(
          files.map((file) => ({ file, folders: '' })),
          folder,
        ),
      ),
    onText: takeText,
  })
  const dragged = useDrop((transfer) => {
    if (hasFiles(transfer)) void takeDrop(transfer, folder)
    else takeText(readText(transfer))
  })
  if (dragged === null && readings === 0) return null
  return (
    <Suspense fallback={null}>
      <DropOverlay dragged={dragged} {...{ folder, canUpload, canImport }} />
    </Suspense>
  )
}
