import clsx from 'clsx'
import { ChevronRight, HardDrive } from 'lucide-react'
import type { CSSProperties, MouseEvent } from 'react'
import { useGivenFocus } from '#app/features/files/selection/use-grid-focus.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { NameText } from '#app/ui/name-text.tsx'
import type { TreeLine } from './flatten-tree.ts'

/** px. Deep folders move in less, and from some depth on no more: their names need the room. */
function indentOf(level: number): number {
  return Math.min(14 * Math.min(level - 1, 5) + 3 * Math.max(level - 6, 0), 106)
}

/** One folder in the tree. A press on the arrow opens its branch, one on the name opens the folder. */
export function TreeItem({
  line,
  isCurrent,
  isActive,
  pendingFocus,
  style,
  onFocus,
  onOpen,
  onToggle,
}: {
  line: TreeLine
  isCurrent: boolean
  /** The line that Tab reaches. */
  isActive: boolean
  pendingFocus: { current: boolean }
  style: CSSProperties
  /** However the focus came here: the keyboard goes on from this line. */
  onFocus: () => void
  onOpen: () => void
  onToggle: () => void
}) {
  const ref = useGivenFocus({ isActive, pendingFocus, shows: line.path })
  const handleClick = (event: MouseEvent) => {
    const isOnArrow = event.target instanceof Element && event.target.closest('[data-part=arrow]')
    if (isOnArrow) onToggle()
    else onOpen()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it has the keyboard
    <div
      ref={ref}
      role="treeitem"
      aria-label={line.name || visibleName(line.name)}
      aria-level={line.level}
      aria-posinset={line.position}
      aria-setsize={line.siblings}
      aria-expanded={line.hasChildren ? line.isExpanded : undefined}
      aria-selected={isCurrent}
      data-folder={line.path}
      tabIndex={isActive ? 0 : -1}
      onClick={handleClick}
      onFocus={onFocus}
      style={{ ...style, paddingLeft: indentOf(line.level) }}
      className={clsx(
        'absolute inset-x-0 flex items-center rounded-md pr-2 select-none focus-visible:outline-offset-0',
        isCurrent ? 'bg-pressed font-medium' : 'text-muted hover:bg-hover hover:text-ink',
      )}
    >
      <span
        data-part="arrow"
        className={clsx(
          'flex h-full w-6 shrink-0 items-center justify-center pointer-coarse:w-9',
          !line.hasChildren && 'invisible',
        )}
      >
        <ChevronRight
          aria-hidden="true"
          className={clsx('size-3.5 transition-transform', line.isExpanded && 'rotate-90')}
        />
      </span>
      {line.level === 1 && <HardDrive aria-hidden="true" className="mr-2 size-4 shrink-0" />}
      <NameText name={line.name} />
    </div>
  )
}
