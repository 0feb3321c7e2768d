import { X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, IconButton } from '#app/ui/button.tsx'
import { ProgressBar } from '#app/ui/progress/progress-row.tsx'
import type { Notice, Undo } from './perform.ts'

/** ms. `Undo` stays under its key. */
const shownMs = 12_000

/** What was done, with `Undo`; while it takes several requests, how far it is, with `Stop`. */
export function UndoNotice({
  notice,
  onUndo,
  onClose,
}: {
  notice: Notice
  onUndo: (undo: Undo) => void
  onClose: () => void
}) {
  const { text, isProblem, undo, progress } = notice
  const [isHeld, setIsHeld] = useState(false)
  const stays = isHeld || progress !== null || isProblem
  // biome-ignore lint/correctness/useExhaustiveDependencies: each notice has its own time
  useEffect(() => {
    if (stays) return
    const timer = setTimeout(onClose, shownMs)
    return () => clearTimeout(timer)
  }, [notice, stays])
  return (
    <section
      aria-label="Last action"
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
      className="pointer-events-none fixed inset-x-3 bottom-24 z-30 max-sm:bottom-40 flex justify-center"
    >
      <div className="pointer-events-auto flex max-w-xl animate-rise items-center gap-3 rounded-lg border border-line bg-raised py-1.5 pr-1.5 pl-4 shadow-float">
        <div className="min-w-0">
          <p className={`break-words text-sm ${isProblem ? 'text-danger' : ''}`}>{text}</p>
          {progress && (
            <ProgressBar
              label={text}
              value={progress.settled / progress.total}
              className="mt-1 w-full"
            />
          )}
        </div>
        {progress && (
          <Button size="small" onClick={progress.stop}>
            Stop
          </Button>
        )}
        {undo && (
          <Button size="small" onClick={() => onUndo(undo)}>
            Undo
          </Button>
        )}
        {!progress && <IconButton label="Close" icon={<X />} size="small" onClick={onClose} />}
      </div>
    </section>
  )
}
