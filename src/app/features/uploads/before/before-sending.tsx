import { useState } from 'react'
import { useTick } from '#app/lib/browser/use-now.ts'
import { browserClock } from '#app/lib/clock.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import { Checkbox } from '#app/ui/checkbox.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import { clashText, comingText, leftOutText, questionTitle } from './before-text.ts'
import type { BringUploads, Choice, Coming, Question } from './bring-uploads.ts'

/** What a person can do before the first byte: take it back, and say what becomes of names that are taken. */
export function BeforeSending({ bringing }: { bringing: BringUploads }) {
  const { coming, question } = useSnapshot(bringing)
  return (
    <>
      {coming && <ComingNotice coming={coming} bringing={bringing} />}
      {question && <ClashDialog question={question} onAnswer={bringing.answer} />}
    </>
  )
}

function ComingNotice({ coming, bringing }: { coming: Coming; bringing: BringUploads }) {
  useTick(1_000)
  const seconds = Math.max(1, Math.ceil((coming.startsAt - browserClock.now()) / 1_000))
  const { systemFiles } = coming
  return (
    <section
      aria-label="Before sending"
      className="pointer-events-none fixed inset-x-3 bottom-24 z-30 max-sm:bottom-40 flex justify-center"
    >
      <div className="pointer-events-auto flex max-w-xl animate-rise flex-wrap items-center gap-3 rounded-lg border border-line bg-raised py-1.5 pr-1.5 pl-4 shadow-float">
        <div className="min-w-0">
          <p className="break-words text-sm">{comingText(coming, seconds)}</p>
          {systemFiles.length > 0 && (
            <p className="break-words text-muted text-sm">
              {leftOutText(systemFiles)}{' '}
              <button type="button" className="underline" onClick={bringing.sendSystemFiles}>
                Send them too
              </button>
            </p>
          )}
        </div>
        <Button size="small" onClick={bringing.undo}>
          Undo
        </Button>
        <Button size="small" tone="quiet" onClick={bringing.sendNow}>
          Send now
        </Button>
      </div>
    </section>
  )
}

function ClashDialog({
  question,
  onAnswer,
}: {
  question: Question
  onAnswer: (choice: Choice, isForAll: boolean) => void
}) {
  const [isForAll, setIsForAll] = useState(false)
  const { clash, others, canReplace } = question
  const { here, there } = clashText(clash)
  const answer = (choice: Choice) => () => onAnswer(choice, isForAll)
  return (
    <Dialog
      isOpen
      // Closed without an answer, nothing of what is asked about is sent.
      onOpenChange={() => onAnswer('skip', true)}
      title={questionTitle(clash)}
      footer={
        <>
          <Button onClick={answer('skip')}>Skip</Button>
          {canReplace && <Button onClick={answer('replace')}>Replace</Button>}
          <Button tone="primary" onClick={answer('keep both')}>
            Keep both
          </Button>
        </>
      }
    >
      <dl className="text-sm">
        <dt className="font-medium">In {visibleName(clash.job.folder)}</dt>
        <dd className="pb-2 text-muted">{there}</dd>
        <dt className="font-medium">On this computer</dt>
        <dd className="pb-2 text-muted">{here}</dd>
      </dl>
      <p className="text-muted text-sm">
        Keep both gives the new one a number.
        {canReplace && ' Replace puts the old one into the trash, once the new one is there.'}
      </p>
      {others > 0 && (
        <p className="flex items-center gap-2 py-2 text-sm">
          <Checkbox
            id="clash-for-all"
            label={`For all ${others + 1}`}
            checked={isForAll}
            onChange={setIsForAll}
          />
          <label htmlFor="clash-for-all">{`For all ${others + 1}`}</label>
        </p>
      )}
    </Dialog>
  )
}
