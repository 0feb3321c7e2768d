import clsx from 'clsx'
import { useGivenFocus } from '#app/features/files/selection/use-grid-focus.ts'
import { formatBytes } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Checkbox } from '#app/ui/checkbox.tsx'
import { cutTextTooltipProps } from '#app/ui/tooltip.ts'
import { FileActions } from './file-actions.tsx'
import type { RowProps } from './grid-row.tsx'
import { dragProps, FileIcon, GridCell, GridRow, RowLink, useRowActions } from './grid-row.tsx'

/** One folder or file among tiles: a row of the same grid, drawn as a card. */
export function FileTile(props: RowProps) {
  const { entry, rowIndex, isSelected, isActive, onToggle } = props
  const { top, left, width, height } = props
  const ref = useGivenFocus({ ...props, shows: entry.key })
  const { hasActions, pointerProps } = useRowActions(props)
  const tabIndex = isActive ? 0 : -1
  const shown = visibleName(entry.name)
  return (
    <GridRow
      ref={ref}
      id={props.id}
      aria-rowindex={rowIndex}
      aria-label={entry.name || shown}
      aria-selected={isSelected}
      tabIndex={tabIndex}
      data-key={entry.key}
      {...dragProps(props)}
      {...pointerProps}
      style={{ top, height, width, left }}
      className={clsx(
        'group absolute flex flex-col rounded-lg p-2 select-none focus-visible:-outline-offset-2',
        isSelected ? 'bg-selected' : 'hover:bg-hover',
        props.isCut && 'cut-row',
        props.renaming && 'z-10',
      )}
    >
      <div className="flex h-8 items-center justify-between pointer-coarse:h-11">
        <GridCell className="flex items-center pl-1" data-part="check">
          <Checkbox
            label={`Select ${shown}`}
            checked={isSelected}
            tabIndex={tabIndex}
            onChange={(_, how) => onToggle(entry.key, how)}
            className={clsx(!isSelected && 'quiet-checkbox')}
          />
        </GridCell>
        <GridCell data-part="actions">
          {hasActions && (
            <FileActions
              key={entry.key}
              entry={entry}
              tabIndex={tabIndex}
              canManage={props.canManage}
              isTile
            />
          )}
        </GridCell>
      </div>
      <GridCell className="flex min-h-0 grow flex-col items-center gap-2 text-center">
        <FileIcon entry={entry} className="size-9 stroke-[1.25]" />
        <div className="w-full px-1">
          {props.renaming ? (
            <props.renaming.Field key={entry.key} renaming={props.renaming} />
          ) : (
            <RowLink href={props.href}>
              <bdi
                dir="auto"
                className="line-clamp-2 break-words text-sm !text-center"
                {...cutTextTooltipProps(shown)}
              >
                {shown}
              </bdi>
            </RowLink>
          )}
          <p className="text-muted text-xs">
            {entry.kind === 'file' ? formatBytes(entry.size) : 'Folder'}
          </p>
        </div>
      </GridCell>
    </GridRow>
  )
}
