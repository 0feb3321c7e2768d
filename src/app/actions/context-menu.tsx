import clsx from 'clsx'
import { ContextMenu as RadixContextMenu } from 'radix-ui'
import { useEffect, useRef } from 'react'
import { formatNumber } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { itemClass, surfaceClass } from '#app/ui/overlay/menu-surface.tsx'
import { tooltipProps } from '#app/ui/tooltip.ts'
import { type ActionContext, currentContext } from './action-context.ts'
import { type ActionId, type ActionItem, actionItems } from './registry.ts'
import { shortcutText } from './shortcut-text.ts'

/** What is offered about rows, and about the list itself; each list is a group. */
const aboutRows: ActionId[][] = [
  ['open', 'open-in-tab', 'copy-link', 'links', 'copy-address', 'download', 'download-zip'],
  ['details'],
  ['share', 'ask-for-files'],
  ['restore', 'delete-for-ever'],
  ['rename', 'move-to', 'copy-to', 'cut', 'copy-rows', 'delete'],
  ['select', 'select-all', 'clear-selection'],
]
const aboutList: ActionId[][] = [
  ['new-folder', 'paste', 'undo'],
  ['upload-files', 'upload-folder', 'import-links'],
  ['share', 'ask-for-files'],
  ['go-up', 'select-all', 'refresh', 'shortcuts'],
]

export type ContextMenuProps = {
  /** px of the window. */
  at: { x: number; y: number }
  context: ActionContext
  onClose: () => void
}

/** A menu where the pointer is; open from the start. */
export function ContextMenu({ at, context, onClose }: ContextMenuProps) {
  const trigger = useRef<HTMLSpanElement>(null)
  const opener = useRef(document.activeElement)
  const picked = useRef<ActionItem | null>(null)
  // Radix opens it by this event alone.
  useEffect(() => {
    const init = { bubbles: true, clientX: besideEdges(at.x), clientY: at.y }
    trigger.current?.dispatchEvent(new MouseEvent('contextmenu', init))
  }, [at])
  const title = titleOf(context)
  const groups = (context.targets.length > 0 ? aboutRows : aboutList)
    .map((ids) => actionItems(ids, context))
    .filter((items) => items.length > 0)
  return (
    // Not modal: Radix's scroll lock would need an inline <style>.
    <RadixContextMenu.Root modal={false} onOpenChange={(isOpen) => isOpen || onClose()}>
      <RadixContextMenu.Trigger ref={trigger} />
      <RadixContextMenu.Portal>
        <RadixContextMenu.Content
          aria-label={title}
          collisionPadding={8}
          // Once the keyboard is back: what is done may take it elsewhere.
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            giveBack(opener.current)
            picked.current?.onSelect()
          }}
          className={clsx(
            surfaceClass,
            'max-h-(--radix-context-menu-content-available-height) min-w-56',
          )}
        >
          <RadixContextMenu.Label className="truncate px-2 pt-1 pb-0.5 text-muted text-xs">
            {title}
          </RadixContextMenu.Label>
          {groups.map((items, at) => (
            <RadixContextMenu.Group key={items[0]?.label}>
              {at > 0 && <RadixContextMenu.Separator className="-mx-1 my-1 h-px bg-line" />}
              {items.map((item) => (
                <Item key={item.label} item={item} onPick={() => (picked.current = item)} />
              ))}
            </RadixContextMenu.Group>
          ))}
        </RadixContextMenu.Content>
      </RadixContextMenu.Portal>
    </RadixContextMenu.Root>
  )
}

/** px: the widest that a menu gets, and the air beside it. */
const widest = 336

/** Radix turns a menu to the other side where it does not fit, and cuts it where it fits on neither. */
function besideEdges(x: number): number {
  const fits = x + widest <= window.innerWidth || x >= widest
  return fits ? x : Math.max(0, window.innerWidth - widest)
}

/** What the menu is about. */
function titleOf({ targets: [target, ...others] }: ActionContext): string {
  if (!target) return 'This folder'
  return others.length === 0
    ? visibleName(target.name)
    : `${formatNumber(others.length + 1)} selected`
}

/** Gives the keyboard back, unless something has it: another menu that was opened meanwhile. */
function giveBack(opener: Element | null): void {
  if (document.activeElement !== document.body) return
  if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true })
  else currentContext().focusList?.()
}

function Item({ item, onPick }: { item: ActionItem; onPick: () => void }) {
  const { label, icon, shortcut, unavailableReason } = item
  const isBlocked = unavailableReason !== undefined
  return (
    <RadixContextMenu.Item
      {...(isBlocked ? tooltipProps(unavailableReason, { isDescription: true }) : {})}
      textValue={label}
      aria-disabled={isBlocked || undefined}
      aria-keyshortcuts={shortcut ?? undefined}
      onSelect={(event) => (isBlocked ? event.preventDefault() : onPick())}
      className={clsx(itemClass, isBlocked && 'opacity-55')}
    >
      {icon}
      <span className="min-w-0 grow truncate">{label}</span>
      {shortcut && (
        <span aria-hidden="true" className="pl-4 text-faint text-sm pointer-coarse:hidden">
          {shortcutText(shortcut)[0]}
        </span>
      )}
    </RadixContextMenu.Item>
  )
}
