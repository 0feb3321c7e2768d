import { type ChangeEvent, useCallback, useRef } from 'react'
import type { FileAgain } from './interrupted-uploads.ts'

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

  const take = (event: ChangeEvent<HTMLInputElement>, hand: (chosen: File[]) => void) => {
    const chosen = Array.from(event.target.files ?? [])
    // Without this, choosing the same file for another row would be no change.
    event.target.value = ''
    if (chosen.length > 0) hand(chosen)
  }
  const handleAll = (event: ChangeEvent<HTMLInputElement>) =>
    take(event, (chosen) =>
      onAllChosen(chosen.map((file) => ({ file, path: file.webkitRelativePath || file.name }))),
    )
  const inputs = (
    <>
      <input
        ref={one}
        type="file"
        hidden
        aria-label="Choose the file again"
        onChange={(event) => take(event, ([file]) => file && onChosen(askedFor.current, file))}
      />
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label="Choose the files again"
        onChange={handleAll}
      />
      <input
        ref={(input) => {
          // React knows no attribute for it.
          if (input) input.webkitdirectory = true
          folder.current = input
        }}
        type="file"
        hidden
        aria-label="Choose the folder again"
        onChange={handleAll}
      />
    </>
  )
  return { chooseAgain, chooseAllAgain, inputs }
}
