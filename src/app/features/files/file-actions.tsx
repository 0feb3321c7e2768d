import clsx from 'clsx'
import { Check, Download, Ellipsis, ExternalLink, Link2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '#app/ui/icon-button.tsx'
import { Menu } from '#app/ui/menu.tsx'
import { type FileEntry, noLinkReason } from './entry.ts'
import { downloadLink, openLink } from './open-link.ts'
import { useCopiedLink } from './use-copied-link.ts'

/** What can be done with one file, at the end of its row or at the top of its tile. */
export function FileActions({
  entry,
  tabIndex,
  isTile = false,
}: {
  entry: FileEntry
  /** -1 but in the row that has the keyboard: Tab must not walk through every row. */
  tabIndex: 0 | -1
  isTile?: boolean
}) {
  const { link, name } = entry
  const { isCopied, copy } = useCopiedLink()
  const shared = {
    size: 'small',
    tabIndex,
    unavailableReason: link === null ? noLinkReason : undefined,
  } as const
  return (
    <div className="flex items-center justify-end">
      {/* In the row of the keyboard they are there without being meant: see `useRowActions`. */}
      <span
        className={clsx(
          'flex group-focus-within:opacity-100 group-hover:opacity-100 group-aria-selected:opacity-100 pointer-coarse:opacity-100',
          !isCopied && (isTile ? 'opacity-0' : 'lg:opacity-0'),
        )}
      >
        <IconButton
          {...shared}
          label="Copy link"
          tooltip={isCopied ? 'Copied' : 'Copy link'}
          icon={isCopied ? <Check className="text-success" /> : <Link2 />}
          onClick={() => link !== null && copy(link)}
        />
        <IconButton
          {...shared}
          label="Download"
          icon={<Download />}
          onClick={() => link !== null && downloadLink(link, name)}
        />
      </span>
      {!isTile && (
        <span className="max-lg:hidden pointer-coarse:hidden">
          <MoreActions entry={entry} tabIndex={tabIndex} onCopy={copy} />
        </span>
      )}
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
