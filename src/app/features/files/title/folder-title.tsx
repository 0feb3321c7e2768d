import { Suspense } from 'react'
import type { Folder } from '#app/features/files/folder/use-folder.ts'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { type FolderPath, folderName } from '#contract/folder-path.ts'
import { findFilm } from './find-film.ts'

const TitlePage = lazyPart(async () => (await import('./title-page.tsx')).TitlePage, {
  first: true,
  otherwise: () => null,
})

type FolderTitleProps = {
  folder: FolderPath
  listing: Folder
  viewing: { onView: (name: string) => void }
}

/** The title page of a folder that is about one film. Its room is kept from the start: no row moves. */
export function FolderTitle({ folder, listing, viewing }: FolderTitleProps) {
  const { entries, isComplete } = listing
  if (!isComplete || !findFilm(folderName(folder), entries)) return null
  return (
    <div className="h-40 shrink-0 border-line border-b bg-sunken short:hidden">
      <Suspense fallback={null}>
        <TitlePage folder={folder} entries={entries} onView={viewing.onView} />
      </Suspense>
    </div>
  )
}
