import clsx from 'clsx'
import { ChevronRight, Ellipsis } from 'lucide-react'
import { type MouseEvent, useState } from 'react'
import { useElementWidth } from '#app/lib/use-element-width.ts'
import { visibleName } from '#app/lib/visible-name.ts'
import { NameText } from '#app/ui/name-text.tsx'
import { tooltipProps } from '#app/ui/tooltip.tsx'
import { type FolderPath, folderName, folderTrail } from '#contract/folder-path.ts'
import { rootName } from './flatten-tree.ts'
import { foldPath } from './fold-path.ts'

export type FolderPathNavProps = {
  folder: FolderPath
  hrefOf: (folder: FolderPath) => string
  onOpenFolder: (folder: FolderPath) => void
}

/** The navigation `Folder path`: where this is, and the way back up. */
export function FolderPathNav({ folder, hrefOf, onOpenFolder }: FolderPathNavProps) {
  // Folds again in the next folder.
  const [unfolded, setUnfolded] = useState<FolderPath | null>(null)
  const [ref, width] = useElementWidth()
  const trail = folderTrail(folder)
  const isUnfolded = unfolded === folder
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

function nameOf(step: FolderPath): string {
  return step === '/' ? rootName : folderName(step)
}

function Step({
  step,
  isLast,
  href,
  onOpenFolder,
}: {
  step: FolderPath
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
        // Its two parts would be read as two words.
        aria-label={visibleName(nameOf(step))}
        aria-current={isLast ? 'page' : undefined}
        className={clsx(
          'flex min-w-0 items-center rounded-md px-1.5 py-1 hover:bg-hover pointer-coarse:py-3',
          isLast ? 'font-semibold' : 'text-muted hover:text-ink',
        )}
      >
        <NameText name={nameOf(step)} />
      </a>
    </li>
  )
}

function Separator() {
  return <ChevronRight aria-hidden="true" className="size-3.5 shrink-0 text-faint" />
}
