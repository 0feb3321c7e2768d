import { useErrorText } from '#app/features/files/folder/use-error-text.ts'
import { count, formatNumber } from '#app/lib/format.ts'
import { Button } from '#app/ui/button.tsx'

export type PaletteFootProps = {
  typed: string
  canBrowse: boolean
  hasSearch: boolean
  isSearching: boolean
  hasMore: boolean
  /** How many are found. */
  files: number
  error: unknown
  onRetry: () => void
}

/** The line under the results: what was searched, how far that is, and which keys there are. */
export function PaletteFoot(props: PaletteFootProps) {
  const problem = useErrorText(props.error)
  return (
    <footer className="flex min-h-10 shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-line border-t px-4 py-2 text-muted text-sm">
      <p role="status" className="min-w-0 grow basis-40">
        {problem ? `${problem.title}. ${problem.nextStep}` : describeSearch(props)}
      </p>
      {problem ? (
        <Button size="small" onClick={props.onRetry}>
          Try again
        </Button>
      ) : (
        <p className="pointer-coarse:hidden max-sm:hidden">
          Enter shows it in its folder · Ctrl + Enter opens it
        </p>
      )}
    </footer>
  )
}

/** What was searched, in words. */
function describeSearch({
  typed,
  canBrowse,
  hasSearch,
  isSearching,
  hasMore,
  files,
}: PaletteFootProps): string {
  if (!canBrowse) return 'This key may not read: only actions are here.'
  if (typed.trim() === '') return hasSearch ? 'Type to search all folders.' : seenOnly
  if (isSearching) return 'Searching…'
  if (!hasSearch) return files === 0 ? `No file found. ${seenOnly}` : seenOnly
  if (files === 0) return 'No file found in all folders.'
  if (hasMore) return `The best ${formatNumber(files)} files. More words find fewer.`
  return `${count(files, 'file')} in all folders.`
}

const seenOnly =
  'This service has no search: of files, those in folders that you opened in this session are found.'
