import type { ReactNode } from 'react'
import type { FolderPath } from '#contract/folder-path.ts'
import type { UploadRequest } from './upload.ts'

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

/** Wraps the screen: takes files and links that are dropped on it or pasted anywhere outside a text field. */
export function DropTarget({ className, children }: DropTargetProps) {
  return <div className={className}>{children}</div>
}
