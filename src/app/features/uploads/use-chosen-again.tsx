import { useCallback, useRef } from 'react'

/** Asks for the file of an interrupted upload again. Put `input` somewhere on the screen. */
export function useChosenAgain(onChosen: (id: string, file: File) => void) {
  const inputRef = useRef<HTMLInputElement>(null)
  const askedFor = useRef('')
  const chooseAgain = useCallback((id: string) => {
    askedFor.current = id
    inputRef.current?.click()
  }, [])
  const input = (
    <input
      ref={inputRef}
      type="file"
      hidden
      aria-label="Choose the file again"
      onChange={(event) => {
        const file = event.target.files?.[0]
        if (file) onChosen(askedFor.current, file)
        // Without this, choosing the same file for another row would be no change.
        event.target.value = ''
      }}
    />
  )
  return { chooseAgain, input }
}
