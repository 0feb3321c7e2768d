import clsx from 'clsx'
import {
  Archive,
  Captions,
  File,
  FileText,
  Film,
  Folder,
  Image,
  type LucideIcon,
  Music,
} from 'lucide-react'
import type { Entry } from './entry.ts'

const icons: Record<'folder' | Extract<Entry, { kind: 'file' }>['fileKind'], LucideIcon> = {
  folder: Folder,
  video: Film,
  audio: Music,
  image: Image,
  text: FileText,
  document: FileText,
  archive: Archive,
  subtitles: Captions,
  other: File,
}

/** What kind of thing a row is, at a glance. Says nothing that the name does not say. */
export function FileIcon({ entry, className }: { entry: Entry; className?: string }) {
  const Icon = icons[entry.kind === 'folder' ? 'folder' : entry.fileKind]
  return (
    <Icon
      aria-hidden="true"
      strokeWidth={1.75}
      className={clsx(
        'shrink-0',
        entry.kind === 'folder' ? 'fill-accent/25 text-accent' : 'text-faint',
        className ?? 'size-4.5',
      )}
    />
  )
}
