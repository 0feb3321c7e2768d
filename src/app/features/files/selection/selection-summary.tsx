import { Check, X } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { currentContext } from '#app/actions/action-context.ts'
import { stopDownloads, useCopiedLink } from '#app/actions/open-link.ts'
import { actionItems } from '#app/actions/registry.ts'
import type { Entry } from '#app/features/files/folder/entry.ts'
import { useMediaQuery } from '#app/lib/browser/use-media-query.ts'
import { formatBytes, formatNumber } from '#app/lib/format.ts'
import { Button, IconButton } from '#app/ui/button.tsx'
import type { Rest } from './selection.ts'

export type SelectionSummaryProps = {
  chosen: readonly Entry[]
  among: Parameters<typeof describeSelection>[1]
  onClear: () => void
  /** Given while all that is loaded is selected, and more is not loaded. */
  rest: Rest | null
}

/** What is selected, of how many, and what can be done with it. */
export function SelectionSummary({ chosen, among, onClear, rest }: SelectionSummaryProps) {
  return (
    <>
      <div className="flex min-w-0 flex-wrap items-center gap-x-2">
        {/* Its words break before its buttons lose each other. */}
        <p role="status" className="grow font-medium text-ink max-sm:basis-44">
          {describeSelection(chosen, among)}
        </p>
        <div className="flex flex-wrap items-center gap-2">
          <ChosenActions chosen={chosen} />
          <IconButton label="Clear selection" icon={<X />} size="small" onClick={onClear} />
        </div>
      </div>
      {rest && <RestOfFolder {...rest} isWhole={typeof among.wholeFiles === 'number'} />}
    </>
  )
}

/** What is not loaded is not selected, and not sorted where that is done here: says so, and what it takes. */
export function RestOfFolder({
  isLoading,
  pageSize,
  isWhole = false,
  onLoad,
  onStop,
}: Rest & { isWhole?: boolean }) {
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-2">
      <p>
        {isLoading
          ? 'Loading the rest…'
          : `${isWhole ? 'Links and downloads are of what is loaded. ' : ''}More is not loaded: one request for each ${formatNumber(pageSize)}.`}
      </p>
      <Button size="small" onClick={isLoading ? onStop : onLoad}>
        {isLoading ? 'Stop' : 'Load all'}
      </Button>
    </div>
  )
}

/** What can be done with several at once. Folders have no link of their own and are left out. */
function ChosenActions({ chosen }: { chosen: readonly Entry[] }) {
  const { isCopied, copy } = useCopiedLink()
  useEffect(() => stopDownloads, [])
  const context = { ...currentContext(chosen), copyText: copy }
  // One file alone has these two in its row.
  const ofLinks = chosen.length > 1 ? actionItems(['copy-link', 'download'], context) : []
  const away = actionItems(['download-zip', 'links'], context)
  const all = [
    ...ofLinks,
    ...away,
    ...actionItems(['share', 'move-to', 'copy-to', 'delete', 'details'], context),
  ]
  return all.map((item, at) => (
    <Action
      key={item.label}
      label={item.label}
      icon={isCopied && at === 0 ? <Check /> : item.icon}
      unavailableReason={item.unavailableReason}
      onClick={item.onSelect}
    />
  ))
}

type ActionProps = {
  label: string
  icon: ReactNode
  unavailableReason?: string | undefined
  onClick: () => void
}

/** Words where there is room for them. */
function Action({ label, ...rest }: ActionProps) {
  const isWide = useMediaQuery('(min-width: 40rem)')
  if (!isWide) return <IconButton label={label} size="small" {...rest} />
  return (
    <Button tone="quiet" size="small" {...rest}>
      {label}
    </Button>
  )
}

/**
 * `3 selected · 12 MB`, `3 selected of the 50 loaded · 12 MB` while more may come. Folders have no size, so
 * it is left out where one is among them.
 */
export function describeSelection(
  chosen: readonly Entry[],
  among: {
    shown: number
    isComplete: boolean
    isFiltered: boolean
    /** Files of the folder, where all of them are selected, loaded or not. */
    wholeFiles?: number | null
  },
): string {
  if (typeof among.wholeFiles === 'number') {
    const folders = chosen.filter(({ kind }) => kind === 'folder').length
    return `All ${formatNumber(folders + among.wholeFiles)} selected`
  }
  const words = `${formatNumber(chosen.length)} selected${among.isComplete ? '' : ` of the ${formatNumber(among.shown)} ${among.isFiltered ? 'shown' : 'loaded'}`}`
  const sizes = chosen.map((entry) => (entry.kind === 'file' ? entry.size : Number.NaN))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  return sizes.every((size) => size >= 0) ? `${words} · ${formatBytes(total)}` : words
}
