import clsx from 'clsx'
import { Check, Ellipsis } from 'lucide-react'
import { type ActionContext, currentContext, manageContext } from '#app/actions/action-context.ts'
import { useCopiedLink } from '#app/actions/open-link.ts'
import { actionItem, actionItems } from '#app/actions/registry.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import type { Entry } from '#app/features/files/folder/entry.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { IconButton } from '#app/ui/button.tsx'
import { Menu } from '#app/ui/overlay/triggers.tsx'

const rowActions = [
  'open',
  'open-in-tab',
  'copy-link',
  'links',
  'download',
  'download-zip',
  'details',
  'share',
  'ask-for-files',
  'rename',
  'move-to',
  'copy-to',
  'delete',
] as const

/** What can be done with one file or folder, at the end of its row or at the top of its tile. */
export function FileActions({
  entry,
  tabIndex,
  canManage,
  isTile = false,
}: {
  entry: Entry
  /** -1 but in the row that has the keyboard: Tab must not walk through every row. */
  tabIndex: 0 | -1
  canManage: boolean
  isTile?: boolean
}) {
  const { isCopied, copy } = useCopiedLink()
  const canShare = useSnapshot(serverDescription)?.additions.includes('shares') ?? false
  const context: ActionContext = {
    scopes: [],
    ...(canManage ? manageContext([entry], canShare) : {}),
    open: (target) => currentContext().open?.(target),
    takeAway: (...asked) => currentContext().takeAway?.(...asked),
    toggleDetails: () => currentContext().toggleDetails?.(),
    targets: [entry],
    copyText: copy,
  }
  const isFile = entry.kind === 'file'
  const copying = actionItem('copy-link', context)
  const saving = actionItem('download', context)
  const shared = {
    size: 'small',
    tabIndex,
    unavailableReason: saving.unavailableReason,
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
        {isFile && (
          <>
            <IconButton
              {...shared}
              label={copying.label}
              tooltip={isCopied ? 'Copied' : copying.label}
              icon={isCopied ? <Check className="text-success" /> : copying.icon}
              onClick={copying.onSelect}
              // Fingers have room for two; the menu has this one.
              className={clsx(canManage && 'pointer-coarse:hidden')}
            />
            <IconButton
              {...shared}
              label={saving.label}
              icon={saving.icon}
              onClick={saving.onSelect}
            />
          </>
        )}
      </span>
      {(canManage || !isTile) && (
        <span className={clsx(!canManage && 'max-lg:hidden pointer-coarse:hidden')}>
          <Menu
            trigger={
              <IconButton
                label="More actions"
                icon={<Ellipsis />}
                size="small"
                tabIndex={tabIndex}
              />
            }
            items={actionItems(rowActions, context)}
          />
        </span>
      )}
    </div>
  )
}
