import clsx from 'clsx'
import { Ellipsis } from 'lucide-react'
import { manageContext, type Target } from '#app/actions/action-context.ts'
import { actionItems } from '#app/actions/registry.ts'
import { FileIcon } from '#app/features/files/list/grid-row.tsx'
import { count, formatBytes, formatExactTime, relativeTime } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { IconButton } from '#app/ui/button.tsx'
import { Checkbox } from '#app/ui/checkbox.tsx'
import { NameText } from '#app/ui/name-text.tsx'
import { Menu } from '#app/ui/overlay/triggers.tsx'
import { tooltipProps } from '#app/ui/tooltip.ts'
import { fileKind } from '#contract/file-kind.ts'
import type { TrashItem } from '#contract/manage.ts'

export function targetOf({ id, name }: TrashItem): Target {
  return { kind: 'trashed', key: id, name }
}

/** One thing in the trash: what it was, where it was, and how long it is kept. */
export function TrashRow({
  item,
  isSelected,
  onToggle,
}: {
  item: TrashItem
  isSelected: boolean
  onToggle: () => void
}) {
  const shown = visibleName(item.name)
  const isFolder = item.path.endsWith('/')
  const place = item.path.replace(/[^/]+\/?$/, '')
  const now = Date.now()
  const kept = describeKept(Date.parse(item.expires_at), now)
  return (
    <tr
      data-key={item.id}
      aria-label={shown}
      aria-selected={isSelected}
      className={clsx(
        'group h-12 border-line/70 border-b',
        isSelected ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      <td className="pl-3">
        <Checkbox label={`Select ${shown}`} checked={isSelected} onChange={onToggle} />
      </td>
      <td className="max-w-0 pr-3">
        <div className="flex min-w-0 items-center gap-2.5">
          <FileIcon
            entry={
              isFolder
                ? { kind: 'folder' }
                : { kind: 'file', fileKind: fileKind(item.name, item.size) }
            }
          />
          <div className="min-w-0">
            <NameText name={item.name} />
            <p className="truncate text-muted text-xs">
              From {place === '/' ? 'All files' : visibleName(place)}
              <span className="sm:hidden"> · kept for {kept}</span>
            </p>
          </div>
        </div>
      </td>
      <td className="pr-4 text-right text-muted max-sm:hidden">{formatBytes(item.size)}</td>
      <td {...tooltipProps(formatExactTime(item.deleted_at))} className="text-muted max-lg:hidden">
        {relativeTime(Date.parse(item.deleted_at), now)}
      </td>
      <td
        {...tooltipProps(`Until ${formatExactTime(item.expires_at)}`)}
        className="text-muted max-sm:hidden"
      >
        {kept}
      </td>
      <td className="pr-2">
        <Menu
          trigger={<IconButton label="More actions" icon={<Ellipsis />} size="small" />}
          items={actionItems(['restore', 'delete-for-ever'], manageContext([targetOf(item)]))}
        />
      </td>
    </tr>
  )
}

const dayMs = 24 * 60 * 60 * 1000

/** A day that has begun counts: what was deleted just now is kept for all of its thirty. */
function describeKept(until: number, now: number): string {
  const days = Math.ceil((until - now) / dayMs)
  return days > 1 ? count(days, 'day') : relativeTime(until, now).replace(/^in /, '')
}
