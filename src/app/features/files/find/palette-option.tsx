import * as Ariakit from '@ariakit/react'
import clsx from 'clsx'
import { useId } from 'react'
import { shortcutText } from '#app/actions/shortcut-text.ts'
import { FileIcon } from '#app/features/files/list/grid-row.tsx'
import { formatBytes } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { NameText } from '#app/ui/name-text.tsx'
import { fileKind } from '#contract/file-kind.ts'
import { type PaletteItem, placeOf } from './palette-items.ts'

/** A line of the palette: what it is, where it is, and what its keys are. */
export function PaletteOption({
  item,
  onPick,
}: {
  item: PaletteItem
  onPick: (item: PaletteItem, how: { isOther: boolean }) => void
}) {
  const id = useId()
  const isActive =
    Ariakit.useStoreState(Ariakit.useComboboxContext(), (state) => state?.activeId) === id
  const reason = item.kind === 'action' ? item.unavailableReason : undefined
  const label = visibleName(item.label)
  const place = placeOf(item)
  return (
    <Ariakit.ComboboxItem
      id={id}
      data-item={item.id}
      aria-selected={isActive}
      aria-disabled={reason !== undefined || undefined}
      focusOnHover
      hideOnClick={false}
      setValueOnClick={false}
      selectValueOnClick={false}
      onClick={(event) => onPick(item, { isOther: event.ctrlKey || event.metaKey })}
      className={clsx(
        'flex min-h-9 cursor-default items-center gap-3 rounded-md px-2 py-1 data-[active-item]:bg-pressed pointer-coarse:min-h-11',
        reason !== undefined && 'opacity-55',
      )}
    >
      {/* What is seen is in parts, which would be read as so many words. */}
      <span className="sr-only">
        {[label, reason, place && `in ${visibleName(place)}`].filter(Boolean).join(', ')}
      </span>
      <span aria-hidden="true" className="flex min-w-0 grow items-center gap-3">
        <Icon item={item} />
        <span className="flex min-w-0 grow flex-wrap items-baseline gap-x-3">
          <span className="min-w-0 max-w-full">
            {item.kind === 'action' ? label : <NameText name={item.label} />}
          </span>
          <bdi dir="auto" className="min-w-0 truncate text-muted text-sm">
            {reason ?? (place && visibleName(place))}
          </bdi>
        </span>
        <Detail item={item} />
      </span>
    </Ariakit.ComboboxItem>
  )
}

function Icon({ item }: { item: PaletteItem }) {
  if (item.kind === 'action') {
    return <item.icon aria-hidden="true" className="size-4.5 shrink-0 text-muted" />
  }
  // As the list draws them.
  const entry =
    item.kind === 'folder'
      ? ({ kind: 'folder' } as const)
      : { kind: 'file' as const, fileKind: fileKind(item.label, item.size ?? 0) }
  return <FileIcon entry={entry} />
}

function Detail({ item }: { item: PaletteItem }) {
  const isFile = item.kind === 'file' && item.size !== null
  const text =
    item.kind === 'action'
      ? item.shortcut && shortcutText(item.shortcut)[0]
      : isFile && formatBytes(item.size ?? 0)
  if (!text) return null
  return (
    <span
      className={clsx(
        'shrink-0 whitespace-nowrap text-faint text-sm',
        item.kind === 'action' && 'pointer-coarse:hidden',
      )}
    >
      {text}
    </span>
  )
}
