import { useEffect, useRef } from 'react'
import { visibleName } from '#app/lib/visible-name.ts'
import { tell } from '#app/ui/announcer.tsx'
import { type FolderPath, folderName, rootFolder } from '#contract/folder-path.ts'

/** Tells ears which folder was opened: nothing that they were at says so. Not the page's first one. */
export function useToldFolder(folder: FolderPath): void {
  const told = useRef(folder)
  useEffect(() => {
    if (told.current === folder) return
    told.current = folder
    tell(folder === rootFolder ? 'All files' : `Folder ${visibleName(folderName(folder))}`)
  }, [folder])
}
