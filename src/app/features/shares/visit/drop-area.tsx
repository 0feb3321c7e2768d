import { FileUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatBytes } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import { Alert } from '#app/ui/empty-state.tsx'
import { ProgressBar } from '#app/ui/progress/progress-row.tsx'

/** Where files are dropped, how much the link takes still, and what became of those that were. */
export function DropArea({
  title,
  username,
  taken,
  most,
  refused,
  onChoose,
  children,
}: {
  title: string
  /** Who gets the files. */
  username: string
  /** Bytes that came, or are on the way, of `most`. */
  taken: number
  most: number
  /** Bytes of what was brought and is more than the link takes; null for none. */
  refused: number | null
  onChoose: (what: 'files' | 'folder') => void
  /** What was brought. */
  children: ReactNode
}) {
  const left = Math.max(0, most - taken)
  return (
    <main className="scroll-area min-h-0 grow px-4 py-6">
      <div className="mx-auto flex min-h-full max-w-2xl flex-col gap-5">
        <h1 dir="auto" className="sr-only">
          {visibleName(title)}
        </h1>
        <p>
          What you drop here goes to{' '}
          <strong dir="auto" className="font-medium">
            {visibleName(username)}
          </strong>
          . You need no account, and see nothing of what others sent.
        </p>
        <div className="flex flex-col items-center gap-1 rounded-xl border-2 border-edge/50 border-dashed px-6 py-8 text-center">
          <FileUp aria-hidden="true" className="mb-2 size-8 stroke-[1.5] text-faint" />
          <p className="font-medium">Drop files or folders here</p>
          <div className="mt-3 flex flex-wrap justify-center gap-2">
            <Button tone="primary" onClick={() => onChoose('files')}>
              Choose files
            </Button>
            <Button onClick={() => onChoose('folder')}>Choose a folder</Button>
          </div>
        </div>
        <div className="flex flex-col gap-1.5">
          <ProgressBar label="Taken" value={most === 0 ? 1 : taken / most} tone="idle" />
          <p className="text-muted text-sm">
            {left === 0
              ? 'This link takes no more files: its size limit is reached.'
              : `${formatBytes(left)} of ${formatBytes(most)} left`}
          </p>
        </div>
        {refused !== null && (
          <Alert title={`These are ${formatBytes(refused)}: more than this link takes`}>
            {left === 0 ? 'Ask for another link.' : `Choose at most ${formatBytes(left)}.`}
          </Alert>
        )}
        {children}
      </div>
    </main>
  )
}
