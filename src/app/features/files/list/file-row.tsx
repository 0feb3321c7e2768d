import clsx from 'clsx'
import { memo } from 'react'
import type { Entry } from '#app/features/files/folder/entry.ts'
import { useGivenFocus } from '#app/features/files/selection/use-grid-focus.ts'
import { useToday } from '#app/lib/browser/use-now.ts'
import { formatBytes, formatDay } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Checkbox } from '#app/ui/checkbox.tsx'
import { NameText } from '#app/ui/name-text.tsx'
import { cutTextTooltipProps, timeTooltipProps } from '#app/ui/tooltip.ts'
import { FileActions } from './file-actions.tsx'
import type { RowProps } from './grid-row.tsx'
import {
  canHaveActions,
  columnsClass,
  dragProps,
  FileIcon,
  GridCell,
  GridRow,
  RowLink,
  useRowActions,
} from './grid-row.tsx'

/** One folder or file in the list. Its presses and keys are handled by the grid around it. */
export const FileRow = memo(function FileRow(props: RowProps) {
  const { entry, rowIndex, isSelected, isActive, isNarrow, onToggle } = props
  const { top, left, width, height } = props
  const ref = useGivenFocus({ ...props, shows: entry.key })
  const { hasActions, pointerProps } = useRowActions(props)
  useToday()
  const tabIndex = isActive ? 0 : -1
  const name = (
    <RowLink href={props.href} className="flex w-fit max-w-full">
      <NameText name={entry.name} hasRoom />
    </RowLink>
  )
  return (
    <GridRow
      ref={ref}
      id={props.id}
      aria-rowindex={rowIndex}
      aria-label={entry.name || visibleName(entry.name)}
      aria-selected={isSelected}
      tabIndex={tabIndex}
      data-key={entry.key}
      {...dragProps(props)}
      {...pointerProps}
      style={{ top, height, left, width }}
      className={clsx(
        'group absolute inset-x-0 grid items-center border-line/70 border-b px-3 select-none focus-visible:-outline-offset-2',
        columnsClass(isNarrow),
        isSelected ? 'bg-selected' : 'hover:bg-hover',
        props.isCut && 'cut-row',
        props.renaming && 'z-10',
      )}
    >
      <GridCell className="flex items-center justify-center self-stretch" data-part="check">
        <Checkbox
          label={`Select ${visibleName(entry.name)}`}
          checked={isSelected}
          tabIndex={tabIndex}
          onChange={(_, how) => onToggle(entry.key, how)}
          className={clsx(!isSelected && 'quiet-checkbox')}
        />
      </GridCell>
      <GridCell className="flex min-w-0 items-center gap-2.5">
        <RowPicture {...props} />
        {props.renaming ? (
          <props.renaming.Field key={entry.key} renaming={props.renaming} />
        ) : isNarrow ? (
          <div className="min-w-0">
            {name}
            <p className="truncate text-muted text-xs">{describeEntry(entry)}</p>
          </div>
        ) : (
          name
        )}
      </GridCell>
      {!isNarrow && <Details entry={entry} />}
      <GridCell
        data-part="actions"
        className={clsx(!hasActions && canHaveActions(props) && 'more-hint')}
      >
        {hasActions && (
          <FileActions
            key={entry.key}
            entry={entry}
            tabIndex={tabIndex}
            canManage={props.canManage}
          />
        )}
      </GridCell>
    </GridRow>
  )
})

/** Icon and picture take the same room, so that nothing moves when the picture comes. */
function RowPicture({ Picture, entry, isNarrow }: RowProps) {
  const icon = (
    <FileIcon entry={entry} className={clsx('size-4.5', isNarrow ? 'mx-1.75' : 'mx-px')} />
  )
  if (!Picture || entry.kind === 'folder') return icon
  const box = isNarrow ? 'size-10 -mx-1' : 'size-7 -mx-1'
  return (
    <Picture entry={entry} size="small" className={clsx('shrink-0 rounded-sm', box)}>
      {icon}
    </Picture>
  )
}

function Details({ entry }: { entry: Entry }) {
  const size = entry.kind === 'file' ? formatBytes(entry.size) : ''
  return (
    <>
      <GridCell
        {...(size.length < 10 ? null : cutTextTooltipProps(size))}
        className={clsx(
          'pr-4 text-right text-muted',
          size.length < 10 ? 'whitespace-nowrap' : 'truncate',
        )}
      >
        {size}
      </GridCell>
      {entry.kind === 'file' ? (
        <GridCell {...timeTooltipProps(entry.uploadedAt)} className="whitespace-nowrap text-muted">
          {formatDay(entry.uploadedAt)}
        </GridCell>
      ) : (
        <GridCell />
      )}
    </>
  )
}

function describeEntry(entry: Entry): string {
  if (entry.kind === 'folder') return 'Folder'
  return `${formatBytes(entry.size)} · ${formatDay(entry.uploadedAt)}`
}
