import { RotateCcw, X } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { safeLink } from '#app/lib/safe-link.ts'
import { visibleName } from '#app/lib/visible-name.ts'
import { IconButton } from '#app/ui/icon-button.tsx'
import { NameText } from '#app/ui/name-text.tsx'
import { ProgressBar } from '#app/ui/progress-bar.tsx'
import { isUnfinished, type Upload, type UploadState } from './upload.ts'
import { progressWords, stateWords } from './upload-words.ts'

type UploadRowProps = {
  upload: Upload
  onCancel: (id: string) => void
  onRetry: (upload: Upload) => void
  onOpenFolder: (path: string) => void
}

const tones = {
  waiting: 'idle',
  sending: 'accent',
  done: 'success',
  failed: 'danger',
  cancelled: 'idle',
  interrupted: 'idle',
} as const satisfies Record<UploadState, string>

/** What one upload shows. Drawn again only when its own row changes. */
export const UploadRow = memo(function UploadRow(props: UploadRowProps) {
  const { upload, onCancel, onRetry } = props
  const isOver = !isUnfinished(upload)
  const canCancel = !isOver || upload.state === 'interrupted'
  const share = upload.size === 0 ? Number(isOver) : upload.sentBytes / upload.size
  return (
    <div className="flex items-center gap-x-3 border-line border-b px-3 py-1.5">
      <div className="flex min-w-0 grow flex-wrap items-center gap-x-3 gap-y-0.5">
        <div className="flex min-w-0 grow basis-64 items-center gap-2">
          <FileLink upload={upload} />
          <FolderButton {...props} />
        </div>
        <ProgressBar
          label={`Progress of ${visibleName(upload.name)}`}
          value={upload.state === 'done' ? 1 : share}
          tone={tones[upload.state]}
          className="w-32 shrink-0 max-sm:w-full"
        />
        <p className="flex shrink-0 gap-x-3 text-muted text-sm sm:w-72">
          <span className={upload.state === 'failed' ? 'text-danger' : undefined}>
            {stateWords[upload.state]}
          </span>
          {progressWords(upload).map((words) => (
            <span key={words}>{words}</span>
          ))}
        </p>
        <Explanation upload={upload} />
      </div>
      <div className="flex w-8 shrink-0 justify-end gap-1">
        {upload.failure?.canRetry !== false && isOver && upload.state !== 'done' && (
          <IconButton label="Retry" icon={<RotateCcw />} onClick={() => onRetry(upload)} />
        )}
        {canCancel && (
          <IconButton label="Cancel" icon={<X />} onClick={() => onCancel(upload.id)} />
        )}
      </div>
    </div>
  )
})

/** The name; once the file is there, a link to it under the name that it got. */
function FileLink({ upload }: { upload: Upload }) {
  const name = upload.arrived?.file_name ?? upload.name
  const link = safeLink(upload.arrived?.link)
  if (!link) return <NameText name={name} className="min-w-0" />
  return (
    <a href={link} target="_blank" rel="noreferrer" className="min-w-0 hover:underline">
      <NameText name={name} />
    </a>
  )
}

function FolderButton({ upload, onOpenFolder }: UploadRowProps) {
  const folder = upload.arrived?.folder ?? upload.folder
  return (
    <span className="flex min-w-0 shrink items-center gap-1.5 text-muted text-sm">
      <span aria-hidden="true">→</span>
      <button
        type="button"
        onClick={() => onOpenFolder(folder)}
        className="min-w-0 truncate rounded hover:text-ink hover:underline"
      >
        <bdi>{visibleName(folder)}</bdi>
      </button>
    </span>
  )
}

function Explanation({ upload }: { upload: Upload }): ReactNode {
  if (upload.failure) {
    const { reason, nextStep } = upload.failure
    return (
      <p className="basis-full text-sm">
        {reason} <span className="text-muted">{nextStep}</span>
      </p>
    )
  }
  return upload.note === null ? null : (
    <p className="basis-full text-muted text-sm">{upload.note}</p>
  )
}
