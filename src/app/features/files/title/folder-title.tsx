import { Suspense } from 'react'
import type { Folder } from '#app/features/files/folder/use-folder.ts'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import type { FolderPath } from '#contract/folder-path.ts'

const TitlePage = lazyPart(async () => (await import('./title-page.tsx')).TitlePage, {
  otherwise: () => null,
})

type FolderTitleProps = {
  folder: FolderPath
  listing: Folder
  viewing: { onView: (name: string) => void }
}

/** The title page of a folder that may have one: it is loaded whole, and there is a film in it. */
export function FolderTitle({ folder, listing, viewing }: FolderTitleProps) {
  const { entries, isComplete } = listing
  const hasFilm = entries.some((entry) => entry.kind === 'file' && entry.fileKind === 'video')
  if (!isComplete || !hasFilm) return null
  return (
    <Suspense fallback={null}>
      <TitlePage folder={folder} entries={entries} onView={viewing.onView} />
    </Suspense>
  )
}
