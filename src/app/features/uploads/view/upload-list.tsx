import { CloudUpload, LockKeyhole, Pause, Play, RotateCcw, X } from 'lucide-react'
import { memo, useCallback } from 'react'
import { missingScope } from '#app/api/http/api-key-text.ts'
import { findDetailsReader } from '#app/api/session/file-details.ts'
import type { Resumed } from '#app/features/uploads/queue/resume-interrupted.ts'
import type { UploadQueue } from '#app/features/uploads/queue/upload-queue.ts'
import { canRetry, type Upload } from '#app/features/uploads/upload.ts'
import type { EndNotice } from '#app/lib/browser/end-notice.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { isoTime, type ReceiptEntry } from '#app/lib/transfers/receipt.ts'
import type { TransfersSnapshot } from '#app/lib/transfers/transfer-rows.ts'
import { isUnfinished } from '#app/lib/transfers/transfer-sums.ts'
import { safeLink } from '#app/lib/untrusted-text.ts'
import { announce } from '#app/ui/announcer.tsx'
import { IconButton } from '#app/ui/button.tsx'
import { chooseFiles } from '#app/ui/choose-files.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ProgressRow } from '#app/ui/progress/progress-row.tsx'
import { ReceiptButtons } from '#app/ui/progress/receipt-buttons.tsx'
import { NextButton, TransferList } from '#app/ui/progress/transfer-list.tsx'
import { Action, toneOf } from '#app/ui/progress/transfer-summary.tsx'
import { ElsewhereList } from './elsewhere-list.tsx'
import {
  explain,
  forecastUploads,
  foundAgainText,
  nameOf,
  progressText,
  stateText,
  summaryText,
} from './upload-text.ts'

export type UploadListProps = {
  queue: UploadQueue
  /** False if the key lacks the scope `upload`; the empty list says so. */
  canUpload: boolean
  /** Null where there is none to go to. */
  onOpenFolder: ((path: string) => void) | null
  /** What tells of the end where the page is hidden. */
  notice: Pick<EndNotice, 'canAsk' | 'ask'>
}

/** A shorter time is not worth a question, s. */
const longWait = 20

/** The tab `Uploads`. Fills its parent's height and scrolls. */
export function UploadList(props: UploadListProps) {
  const elsewhere = useSnapshot(props.queue.elsewhere)
  const { all } = useSnapshot(props.queue).totals
  return (
    <div className="flex h-full min-h-0 flex-col">
      <ElsewhereList elsewhere={elsewhere} />
      {(all > 0 || elsewhere.unfinished === 0) && (
        <div className="min-h-0 grow">
          <OwnUploads {...props} />
        </div>
      )}
    </div>
  )
}

function OwnUploads({ queue, canUpload, onOpenFolder, notice }: UploadListProps) {
  const snapshot = useSnapshot(queue)
  const { interrupted } = snapshot.totals
  const reopens = interrupted > 0 && queue.canReopen()
  const tellFound = (resumed: Resumed) =>
    announce(foundAgainText(resumed, queue.getSnapshot().totals.interrupted))
  const handleChoose = async (chooses: 'files' | 'folder') => {
    const chosen = await chooseFiles(chooses)
    const path = (file: File) => file.webkitRelativePath || file.name
    tellFound(await queue.resume(chosen.map((file) => ({ file, path: path(file) }))))
  }
  const handleRetryAll = async () => {
    queue.retryFailed()
    if (reopens) {
      const resumed = await queue.reopen()
      return resumed.found + resumed.already > 0 ? tellFound(resumed) : announce(noneOpened)
    }
    const stranded = queue.all().filter(({ state }) => state === 'interrupted')
    // Files of several folders can only be chosen together by choosing a folder above them.
    const folders = new Set(stranded.map(({ folder }) => folder))
    if (folders.size > 0) await handleChoose(folders.size > 1 ? 'folder' : 'files')
  }
  // Stable, because rows render again only when their props change.
  const handleAbort = useCallback((id: string) => queue.abort(id), [queue])
  const handleRetry = useCallback(
    async ({ id, state, failure }: Upload) => {
      // What did not come by itself is chosen by hand the next time.
      if (failure?.code === 'interrupted' && queue.canReopen(id)) return void queue.reopen([id])
      const [file] = state === 'interrupted' ? await chooseFiles('file') : []
      queue.retry(id, file)
    },
    [queue],
  )
  const handlePause = useCallback((id: string) => queue.pauseOne(id), [queue])
  const handleNext = useCallback((id: string) => queue.startNext(id), [queue])
  if (snapshot.totals.all === 0) return <NoUploads canUpload={canUpload} />
  const { waiting } = snapshot.totals
  return (
    <TransferList
      noun="uploads"
      words={() => summaryText(queue)}
      warning={warningText(snapshot, reopens)}
      action={
        interrupted > 0 && (
          <Action name="Choose the folder again" onClick={() => void handleChoose('folder')} />
        )
      }
      snapshot={snapshot}
      queue={queue}
      onRetryAll={() => void handleRetryAll()}
      nameOf={nameOf}
      stateText={stateText}
      hasBytes
      nextLabel="Send next"
      notice={{ ...notice, isUseful: (forecastUploads(queue)?.seconds ?? 0) > longWait }}
      receipt={
        <ReceiptButtons
          noun="uploads"
          entries={() => receiptOf(queue)}
          hasLinks={onOpenFolder !== null}
          findReader={findDetailsReader}
        />
      }
      renderRow={(upload, isInGroup) => (
        <UploadRow
          upload={upload}
          isInGroup={isInGroup}
          canGoNext={upload.state === 'waiting' && waiting > 1}
          onNext={handleNext}
          onPause={handlePause}
          onAbort={handleAbort}
          onRetry={handleRetry}
          onOpenFolder={onOpenFolder}
        />
      )}
    />
  )
}

function receiptOf(queue: UploadQueue): ReceiptEntry[] {
  return queue.all().flatMap(({ id, state, arrived, size }) => {
    if (state !== 'done' || !arrived) return []
    const path = arrived.folder + arrived.file_name
    const time = queue.endedAt(id)
    return { path, size, sha256: null, link: safeLink(arrived.link), time: isoTime(time) }
  })
}

function NoUploads({ canUpload }: { canUpload: boolean }) {
  return canUpload ? (
    <EmptyState icon={<CloudUpload />} title="No uploads yet">
      Drop files or folders anywhere, or press Upload.
    </EmptyState>
  ) : (
    <EmptyState icon={<LockKeyhole />} title={missingScope.upload.title}>
      {missingScope.upload.reason}
    </EmptyState>
  )
}

const notKept =
  'This browser keeps nothing for this page: a reload forgets what is not uploaded yet.'

const noneOpened = 'None of them could be opened again: each row says why.'
const filesGone =
  'After a reload the files must be found again: drop them where they were dropped, or choose the folder again.'
const filesKept =
  'Retry all goes on with what was dropped before the reload; the browser may ask whether it may be read.'

function warningText({ totals, isKept }: TransfersSnapshot, reopens: boolean): string | null {
  if (!isKept && totals.unfinished > 0) return notKept
  if (totals.interrupted === 0) return null
  return reopens ? filesKept : filesGone
}

type UploadRowProps = {
  upload: Upload
  isInGroup: boolean
  canGoNext: boolean
  onNext: (id: string) => void
  onPause: (id: string) => void
  onAbort: (id: string) => void
  onRetry: (upload: Upload) => void
  onOpenFolder: ((path: string) => void) | null
}

/** One upload. Renders again only when its own row changes. */
const UploadRow = memo(function UploadRow(props: UploadRowProps) {
  const { upload, isInGroup, canGoNext, onNext, onPause, onAbort, onRetry, onOpenFolder } = props
  const { state, arrived } = upload
  const path = arrived?.folder ?? upload.folder
  const canAbort = isUnfinished(upload) || state === 'interrupted'
  const isRetryable = !isUnfinished(upload) && state !== 'done' && canRetry(upload)
  return (
    <ProgressRow
      name={nameOf(upload)}
      isInGroup={isInGroup}
      link={safeLink(arrived?.link)}
      place={onOpenFolder && { path, onOpen: () => onOpenFolder(path) }}
      progress={{ value: shareOf(upload), tone: toneOf[state] }}
      words={[stateText[state], ...progressText(upload)]}
      explanation={explain(upload)}
    >
      {upload.isInParts && isUnfinished(upload) && !upload.isAborting && (
        <IconButton
          label={upload.note === 'paused' ? 'Resume' : 'Pause'}
          icon={upload.note === 'paused' ? <Play /> : <Pause />}
          size="small"
          onClick={() => (upload.note === 'paused' ? onNext : onPause)(upload.id)}
        />
      )}
      {canGoNext && <NextButton label="Send next" onClick={() => onNext(upload.id)} />}
      {isRetryable && (
        <IconButton
          label="Retry"
          icon={<RotateCcw />}
          size="small"
          onClick={() => onRetry(upload)}
        />
      )}
      {canAbort && (
        // Stays while it is unavailable, so that the keyboard focus is not lost.
        <IconButton
          label="Cancel"
          icon={<X />}
          size="small"
          unavailableReason={upload.isAborting ? 'Finding out whether it arrived' : undefined}
          onClick={() => onAbort(upload.id)}
        />
      )}
    </ProgressRow>
  )
})

/** From 0 to 1. An empty file has no bytes to count, and of one that waits they may not be counted yet. */
function shareOf({ state, size, sentBytes }: Upload): number {
  if (state === 'done') return 1
  return size ? sentBytes / size : 0
}
