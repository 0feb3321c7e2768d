import { type ReactNode, Suspense, useRef } from 'react'
import { useDropzone } from 'react-dropzone'
import { announce } from '#app/ui/announcer.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import { type DroppedFile, placeDroppedFiles } from './dropped-files.ts'
import type { UploadRequest } from './upload.ts'
import { useLinkDrop } from './use-link-drop.ts'
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
  className?: string
  children: ReactNode
}

const DropOverlay = lazyPart(async () => (await import('./drop-overlay.tsx')).DropOverlay, {
  floats: true,
})

const noFiles = 'There is no file in there, and folders exist only by their files.'
const unreadable = 'Something in there could not be read, so nothing was added. Try it in parts.'

/** Wraps the screen: takes files and links that are dropped on it or pasted anywhere outside a text field. */
export function DropTarget(props: DropTargetProps) {
  const { folder, canUpload, canImport, findLinks, onFiles, onLinks, className, children } = props
  // Reading a large folder takes a while, and the person may have gone on to another one.
  const droppedOn = useRef(folder)

  const takeFiles = (files: readonly DroppedFile[], target: FolderPath) => {
    if (!canUpload) announce('Uploading needs a key with the scope “upload”.')
    else if (files.length > 0) onFiles(placeDroppedFiles(files, target))
  }
  const takeText = (text: string) => {
    const links = findLinks(text)
    if (links.length === 0) return
    if (canImport) onLinks(links)
    else announce('Importing links needs a key with the scope “import”.')
  }

  usePaste({ onFiles: (files) => takeFiles(files, folder), onText: takeText })
  const { isLinkDrag, handlers } = useLinkDrop(takeText)
  const zone = useDropzone({
    noClick: true,
    noKeyboard: true,
    noPaste: true,
    onDrop(files) {
      takeFiles(files, droppedOn.current)
      if (canUpload && files.length === 0) announce(noFiles)
    },
    onError: () => announce(unreadable),
  })
  const rootProps = zone.getRootProps({
    ...handlers,
    onDrop(event) {
      droppedOn.current = folder
      handlers.onDrop(event)
    },
    className,
  })

  const dragged = zone.isDragActive ? 'files' : isLinkDrag ? 'links' : null
  return (
    <div {...rootProps}>
      {children}
      {(dragged !== null || zone.isProcessing) && (
        <Suspense fallback={null}>
          <DropOverlay dragged={dragged} {...{ folder, canUpload, canImport }} />
        </Suspense>
      )}
    </div>
  )
}
