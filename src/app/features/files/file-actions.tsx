import clsx from 'clsx'
import { Check, Download, Ellipsis, ExternalLink, Link2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '#app/ui/icon-button.tsx'
import { Menu } from '#app/ui/menu.tsx'
import { type FileEntry, noLinkReason } from './entry.ts'
import { downloadLink, openLink } from './open-link.ts'
import { useCopiedLink } from './use-copied-link.ts'

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
  return (
    <div className="flex items-center justify-end">
      {!isCompact && (
        <span
          className={clsx(
            'flex max-lg:hidden group-focus-within:opacity-100 group-hover:opacity-100',
            !isCopied && 'opacity-0',
          )}
        >
          <IconButton
            label="Copy link"
            tooltip={isCopied ? 'Copied' : 'Copy link'}
            icon={isCopied ? <Check className="text-success" /> : <Link2 />}
            size="small"
            tabIndex={tabIndex}
            unavailableReason={unavailableReason}
            onClick={() => link !== null && copy(link)}
          />
          <IconButton
            label="Download"
            icon={<Download />}
            size="small"
            tabIndex={tabIndex}
            unavailableReason={unavailableReason}
            onClick={() => link !== null && downloadLink(link, name)}
          />
        </span>
      )}
      <MoreActions entry={entry} tabIndex={tabIndex} onCopy={copy} />
    </div>
  )
}

function MoreActions({
  entry,
  tabIndex,
  onCopy,
}: {
  entry: FileEntry
  tabIndex: 0 | -1
  onCopy: (link: string) => void
}) {
  const { link, name } = entry
  const item = (label: string, icon: ReactNode, act: (link: string) => void) => ({
    label,
    icon,
    unavailableReason: link === null ? noLinkReason : undefined,
    onSelect: () => link !== null && act(link),
  })
  return (
    <Menu
      trigger={
        <IconButton label="More actions" icon={<Ellipsis />} size="small" tabIndex={tabIndex} />
      }
      items={[
        item('Open in a new tab', <ExternalLink />, openLink),
        item('Copy link', <Link2 />, onCopy),
        item('Download', <Download />, (href) => downloadLink(href, name)),
      ]}
    />
  )
}
