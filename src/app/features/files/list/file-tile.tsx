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
  const { entry, rowIndex, isSelected, isActive } = props
  const { top, left, width, height } = props
  const ref = useGivenFocus({ ...props, shows: entry.key })
  const { hasActions, pointerProps } = useRowActions(props)
  const tabIndex = isActive ? 0 : -1
  const shown = visibleName(entry.name)
  const { Picture } = props
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
      <TileTools {...props} hasActions={hasActions} />
      <GridCell className="flex min-h-0 grow flex-col items-center gap-2 text-center">
        <TilePicture entry={entry} Picture={Picture} />
        <div className="w-full px-1">
          {props.renaming ? (
            <props.renaming.Field key={entry.key} renaming={props.renaming} />
          ) : (
            <RowLink href={props.href}>
              <bdi
                dir="auto"
                className="line-clamp-1 break-words break-all text-sm !text-center"
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

/** What a tile can be told, over its picture where it has one. */
function TileTools(props: RowProps & { hasActions: boolean }) {
  const { entry, isSelected, onToggle, hasActions } = props
  const tabIndex = props.isActive ? 0 : -1
  return (
    <div className="absolute inset-x-3 top-3 z-1 flex h-8 items-center justify-between">
      <GridCell
        className={`${overPicture} flex size-8 items-center justify-center pointer-coarse:opacity-100`}
        data-part="check"
      >
        <Checkbox
          label={`Select ${visibleName(entry.name)}`}
          checked={isSelected}
          tabIndex={tabIndex}
          onChange={(_, how) => onToggle(entry.key, how)}
          className={clsx(!isSelected && 'quiet-checkbox')}
        />
      </GridCell>
      <GridCell data-part="actions" className={clsx(hasActions && `${overPicture} ${onceChosen}`)}>
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
  )
}

/** Readable over any picture, and there only where somebody means the tile. */
const overPicture =
  'rounded-md bg-raised/85 opacity-0 focus-within:opacity-100 group-hover:opacity-100 group-aria-selected:opacity-100'
/** Under fingers, which do not hover, it would hide half of each picture. */
const onceChosen =
  'group-focus-within:opacity-100 pointer-coarse:invisible pointer-coarse:group-focus-within:visible pointer-coarse:group-aria-selected:visible'

/** A picture over the whole width of the tile; an icon in the middle of the same box. */
function TilePicture({ entry, Picture }: Pick<RowProps, 'entry' | 'Picture'>) {
  const icon = <FileIcon entry={entry} className="size-10 stroke-[1.25]" />
  return (
    <div className="flex min-h-0 w-full grow items-center justify-center overflow-hidden rounded-md bg-sunken">
      {Picture ? (
        <Picture entry={entry} size="medium" className="size-full">
          {icon}
        </Picture>
      ) : (
        icon
      )}
    </div>
  )
}
