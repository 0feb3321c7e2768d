import clsx from 'clsx'
import { Check, Download, Ellipsis, Link2 } from 'lucide-react'
import { type FileEntry, noLinkReason } from '#app/features/files/folder/entry.ts'
import { downloadLink, useCopiedLink } from '#app/features/files/folder/open-link.ts'
import { IconButton } from '#app/ui/button.tsx'
import { MenuOnDemand } from '#app/ui/overlay/triggers.tsx'

const loadMenu = async () => (await import('./file-menu.tsx')).FileMenu

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
          <MenuOnDemand
            load={loadMenu}
            menu={{
              trigger: (
                <IconButton
                  label="More actions"
                  icon={<Ellipsis />}
                  size="small"
                  tabIndex={tabIndex}
                />
              ),
              link,
              name,
              onCopy: copy,
            }}
          />
        </span>
      )}
    </div>
  )
}
