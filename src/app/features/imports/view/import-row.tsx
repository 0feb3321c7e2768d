import { FolderOpen, RotateCcw, X } from 'lucide-react'
import { memo } from 'react'
import {
  type ImportJob,
  type ImportState,
  isUnfinished,
} from '#app/features/imports/queue/import-job.ts'
import { safeLink } from '#app/lib/untrusted-text.ts'
import { IconButton } from '#app/ui/button.tsx'
import { ProgressRow } from '#app/ui/progress/progress-row.tsx'
import { nameOf, progressText } from './import-text.ts'

type ImportRowProps = {
  job: ImportJob
  onCancel: (id: string) => void
  onRetry: (id: string) => void
  onOpenFolder: (path: string) => void
}

const tones = {
  waiting: 'idle',
  running: 'accent',
  done: 'success',
  failed: 'danger',
  cancelled: 'idle',
} as const satisfies Record<ImportState, string>

/** What one import shows. Drawn again only when its own row changes. */
export const ImportRow = memo(function ImportRow(props: ImportRowProps) {
  const { job, onCancel, onRetry, onOpenFolder } = props
  const { id, state, folder, failure, note } = job
  const canRetry = state === 'failed' || state === 'cancelled'
  return (
    <ProgressRow
      name={nameOf(job)}
      // Stored text is as untrusted as the server's: anybody at this browser may have changed it.
      link={safeLink(job.fileLink)}
      place={folder === null ? null : { path: folder, onOpen: () => onOpenFolder(folder) }}
      progress={{ value: shareOf(job), tone: tones[state] }}
      words={progressText(job)}
      explanation={
        failure
          ? { reason: failure.reason, nextStep: nextStepOf(failure) }
          : note === null
            ? null
            : { reason: note }
      }
    >
      {state === 'done' && folder !== null && (
        <IconButton
          label="Open folder"
          icon={<FolderOpen />}
          size="small"
          onClick={() => onOpenFolder(folder)}
        />
      )}
      {canRetry && (
        <IconButton label="Retry" icon={<RotateCcw />} size="small" onClick={() => onRetry(id)} />
      )}
      {isUnfinished(job) && (
        <IconButton label="Cancel" icon={<X />} size="small" onClick={() => onCancel(id)} />
      )}
    </ProgressRow>
  )
})

/** How far it is, from 0 to 1; null while it runs and the server does not say. */
function shareOf({ state, percent }: ImportJob): number | null {
  if (state === 'done') return 1
  if (state === 'running' && percent === null) return null
  return (percent ?? 0) / 100
}

type Failure = NonNullable<ImportJob['failure']>

/** Of the first that fits; the words are those of Barkeep's server, others get the last one. */
const nextSteps: [pattern: RegExp, nextStep: string][] = [
  // The reason itself says it.
  [/\b(try|retry|use|import it|link to|ask whoever)\b/i, ''],
  [/\bkey\b.* revoked/, 'Connect with another key, then retry.'],
  [/pro plan/, 'Upgrade the account, or connect with a key of one that has it.'],
  [/account is not available/, 'Ask whoever runs the service.'],
  [/chosen quality|has no sound/, 'Import it again with another quality.'],
  [/larger than this server/, 'Import a smaller file, or the video in a lower quality.'],
  [/no room|went wrong on the server/, 'Ask whoever runs the server, then retry.'],
  [
    /sign-in needed|\b403\b|needs a (password|account)|needs an account|paying members|for adults|private:|visitors who have/,
    'Import a link that opens without signing in.',
  ],
  [
    /DRM|not available where|not on its site|stream cannot|legal reasons|private address|too large to look/,
    'Import it from another place.',
  ],
  [
    /answered (408|425|429|5\d\d)|refuses connections|broke the connection|cannot be reached|not answer|stopped answering|too slow|looked up/i,
    'Retry in a while.',
  ],
]

/** What to do about an import that failed; '' where the reason says it. */
export function nextStepOf({ reason, nextStep }: Failure): string {
  if (nextStep !== '') return nextStep
  const fitting = nextSteps.find(([pattern]) => pattern.test(reason))
  return fitting?.[1] ?? 'Check the link, then retry.'
}
