import clsx from 'clsx'
import { Check, Download, Ellipsis, Link2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { IconButton } from '#app/ui/icon-button.tsx'
import { type FileEntry, noLinkReason } from './entry.ts'
import { downloadLink } from './open-link.ts'
import { useCopiedLink } from './use-copied-link.ts'

const FileMenu = lazy(async () => ({ default: (await import('./file-menu.tsx')).FileMenu }))

/** What can be done with one file, at the end of its row. */
export function FileActions({
  entry,
  tabIndex,
  isCompact = false,
}: {
  entry: FileEntry
  /** -1 but in the row that has the keyboard: Tab must not walk through every row. */
  tabIndex: 0 | -1
  /** Only the menu: where the row is narrow. */
  isCompact?: boolean
}) {
  const { link, name } = entry
  const { isCopied, copy } = useCopiedLink()
  const unavailableReason = link === null ? noLinkReason : undefined
  const shown = clsx(
    !isCompact && 'opacity-0 group-hover:opacity-100 group-focus-within:opacity-100',
  )
  return (
    <div className="flex items-center justify-end">
      {!isCompact && (
        <>
          <IconButton
            label="Copy link"
            tooltip={isCopied ? 'Copied' : 'Copy link'}
            icon={isCopied ? <Check className="text-success" /> : <Link2 />}
            size="small"
            tabIndex={tabIndex}
            unavailableReason={unavailableReason}
            onClick={() => link !== null && copy(link)}
            className={clsx(shown, isCopied && 'opacity-100')}
          />
          <IconButton
            label="Download"
            icon={<Download />}
            size="small"
            tabIndex={tabIndex}
            unavailableReason={unavailableReason}
            onClick={() => link !== null && downloadLink(link, name)}
            className={shown}
          />
        </>
      )}
      <MoreActions entry={entry} tabIndex={tabIndex} onCopy={copy} />
    </div>
  )
}

/** The menu is made when it is first wanted: one for each of a thousand rows would be slow. */
function MoreActions({
  entry,
  tabIndex,
  onCopy,
}: {
  entry: FileEntry
  tabIndex: 0 | -1
  onCopy: (link: string) => void
}) {
  const [isWanted, setIsWanted] = useState(false)
  const button = (
    <IconButton
      label="More actions"
      icon={<Ellipsis />}
      size="small"
      tabIndex={tabIndex}
      aria-haspopup="menu"
      {...(isWanted ? {} : { onClick: () => setIsWanted(true) })}
    />
  )
  if (!isWanted) return button
  return (
    <Suspense fallback={button}>
      <FileMenu entry={entry} trigger={button} onCopy={onCopy} />
    </Suspense>
  )
}
