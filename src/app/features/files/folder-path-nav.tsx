import clsx from 'clsx'
import { ChevronRight, Ellipsis } from 'lucide-react'
import { type MouseEvent, type RefCallback, useCallback, useState } from 'react'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { NameText } from '#app/ui/name-text.tsx'
import { tooltipProps } from '#app/ui/tooltip.ts'
import { type FolderPath, folderName, folderTrail } from '#contract/folder-path.ts'

export type FolderPathNavProps = {
  folder: FolderPath
  rootName: string
  hrefOf: (folder: FolderPath) => string
  onOpenFolder: (folder: FolderPath) => void
}

/** The navigation `Folder path`: where this is, and the way back up. */
export function FolderPathNav({ folder, rootName, hrefOf, onOpenFolder }: FolderPathNavProps) {
  // Folds again in the next folder.
  const [unfolded, setUnfolded] = useState<FolderPath | null>(null)
  const [ref, width] = useElementWidth()
  const trail = folderTrail(folder)
  const isUnfolded = unfolded === folder
  const nameOf = (step: FolderPath) => (step === '/' ? rootName : folderName(step))
  const hidden = isUnfolded ? [] : trail.slice(...foldPath(trail.map(nameOf), width))
  return (
    <nav ref={ref} aria-label="Folder path" className="min-w-0 grow overflow-x-clip">
      <ol className={clsx('flex min-w-0 items-center', isUnfolded && 'scroll-area')}>
        {trail.map((step) => {
          if (step === hidden[0]) {
            return (
              <li key="folded" className="flex shrink-0 items-center">
                {step !== '/' && <Separator />}
                <button
                  type="button"
                  aria-label={`Show ${hidden.length} more folders`}
                  {...tooltipProps(hidden.map(nameOf).join(' › '))}
                  onClick={() => setUnfolded(folder)}
                  className="flex size-7 touch-target items-center justify-center rounded-md text-muted hover:bg-hover"
                >
                  <Ellipsis className="size-4" />
                </button>
              </li>
            )
          }
          if (hidden.includes(step)) return null
          return (
            <Step
              key={step}
              step={step}
              name={nameOf(step)}
              isLast={step === folder}
              href={hrefOf(step)}
              onOpenFolder={onOpenFolder}
            />
          )
        })}
      </ol>
    </nav>
  )
}

function Step({
  step,
  name,
  isLast,
  href,
  onOpenFolder,
}: {
  step: FolderPath
  name: string
  isLast: boolean
  href: string
  onOpenFolder: (folder: FolderPath) => void
}) {
  const isRoot = step === '/'
  const handleClick = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    onOpenFolder(step)
  }
  return (
    // Not shrink-99: a hundredth of what is missing, taken from the last, cuts a letter of it.
    <li className={clsx('flex items-center', isLast ? 'min-w-12' : 'min-w-6 shrink-[99999]')}>
      {!isRoot && <Separator />}
      <a
        href={href}
        onClick={handleClick}
        data-folder={step}
        // Its two parts would be read as two words.
        aria-label={visibleName(name)}
        aria-current={isLast ? 'page' : undefined}
        className={clsx(
          'flex min-w-0 items-center rounded-md px-1.5 py-1 hover:bg-hover pointer-coarse:py-3',
          isLast ? 'font-semibold' : 'text-muted hover:text-ink',
        )}
      >
        <NameText name={name} />
      </a>
    </li>
  )
}

function Separator() {
  return <ChevronRight aria-hidden="true" className="size-3.5 shrink-0 text-faint" />
}

/** px of a step's arrow and padding; and of a letter, the half-bold last step's included. */
const stepRoom = 28
const letterRoom = 7.5
/** px. A long name is cut rather than standing for the whole line; the last one is why one looks. */
const mostRoom = 24 * letterRoom
const mostLastRoom = 64 * letterRoom
const foldedRoom = 44

/**
 * Which steps of a path fold into `…` so that the rest fit `width` px: from the middle first, where one
 * rarely goes, then the root, and never the last. `[from, to)`, empty where all fit. Estimated: a
 * measured fit would have to draw every try.
 */
export function foldPath(names: readonly string[], width: number): [from: number, to: number] {
  const roomOf = (name: string, at: number) =>
    stepRoom + Math.min(textRoom(name), at === names.length - 1 ? mostLastRoom : mostRoom)
  const rooms = names.map(roomOf)
  const sum = (from: number, to: number) => rooms.slice(from, to).reduce((all, one) => all + one, 0)
  const last = names.length - 1
  if (sum(0, last + 1) <= width) return [0, 0]
  for (let to = 2; to <= last; to += 1) {
    if (sum(0, 1) + foldedRoom + sum(to, last + 1) <= width) return [1, to]
  }
  return [0, last]
}

/** From Hangul on, letters of Eastern scripts and emoji are twice as wide. */
function textRoom(text: string): number {
  const letters = Array.from(text, (letter) => ((letter.codePointAt(0) ?? 0) < 0x1100 ? 1 : 2))
  return letterRoom * letters.reduce((all, one) => all + one, 0)
}

/** An element's width in px as it changes; 0 before it is there. */
function useElementWidth(): [RefCallback<HTMLElement>, number] {
  const [width, setWidth] = useState(0)
  const ref = useCallback((element: HTMLElement | null) => {
    if (!element) return
    // Now, not only when the observer speaks: what depends on it must not be drawn twice.
    setWidth(element.clientWidth)
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, width]
}
