import type { RefObject } from 'react'

export type FileInputProps = {
  ref: RefObject<HTMLInputElement | null>
  label: string
  chooses: 'file' | 'files' | 'folder'
  /** Never called with nothing. */
  onFiles: (files: File[]) => void
}

/** Is not seen: `click()` on it opens the system's own chooser. */
export function FileInput({ ref, label, chooses, onFiles }: FileInputProps) {
  return (
    <input
      ref={(input) => {
        // React knows no attribute for it.
        if (input) input.webkitdirectory = chooses === 'folder'
        ref.current = input
      }}
      type="file"
      multiple={chooses === 'files'}
      hidden
      aria-label={label}
      onChange={({ target }) => {
        const files = Array.from(target.files ?? [])
        // Without this, choosing the same files once more would be no change.
        target.value = ''
        if (files.length > 0) onFiles(files)
      }}
    />
  )
}
