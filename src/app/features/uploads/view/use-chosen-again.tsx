import { useCallback, useRef } from 'react'
import type { FileAgain } from '#app/features/uploads/queue/interrupted-uploads.ts'
import { FileInput } from '#app/ui/file-input.tsx'

export type ChosenAgain = {
  /** For the row of this id alone. */
  onChosen: (id: string, file: File) => void
  /** For whatever rows these belong to. */
  onAllChosen: (files: FileAgain[]) => void
}

/** Asks for the files of interrupted uploads again. Put `inputs` somewhere on the screen. */
export function useChosenAgain({ onChosen, onAllChosen }: ChosenAgain) {
  const one = useRef<HTMLInputElement>(null)
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const askedFor = useRef('')
  const chooseAgain = useCallback((id: string) => {
    askedFor.current = id
    one.current?.click()
  }, [])
  const chooseAllAgain = (areInFolders: boolean) => (areInFolders ? folder : files).current?.click()

  const handleAll = (chosen: File[]) =>
    onAllChosen(chosen.map((file) => ({ file, path: file.webkitRelativePath || file.name })))
  const inputs = (
    <>
      <FileInput
        ref={one}
        label="Choose the file again"
        chooses="file"
        onFiles={([file]) => file && onChosen(askedFor.current, file)}
      />
      <FileInput ref={files} label="Choose the files again" chooses="files" onFiles={handleAll} />
      <FileInput
        ref={folder}
        label="Choose the folder again"
        chooses="folder"
        onFiles={handleAll}
      />
    </>
  )
  return { chooseAgain, chooseAllAgain, inputs }
}
