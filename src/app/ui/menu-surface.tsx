import clsx from 'clsx'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { tooltipProps } from './tooltip.tsx'
import type { TriggerElement } from './trigger-on-demand.ts'

export type MenuItem = {
  label: string
  onSelect: () => void
  icon?: ReactNode
  /** Why this cannot be done now; the item stays readable and does nothing. */
  unavailableReason?: string | undefined
}

export type MenuProps = {
  /** A `Button` or `IconButton`. */
  trigger: TriggerElement
  items: readonly MenuItem[]
  align?: 'start' | 'end'
}

/** What a `Menu` becomes once it is wanted; open from the start. */
export function MenuSurface({ trigger, items, align = 'end' }: MenuProps) {
  return (
    // Not modal: nothing outside scrolls away, and Radix's scroll lock would need an inline <style>.
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="scroll-area z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 max-w-80 animate-appear rounded-lg bg-raised p-1 shadow-float"
        >
          {items.map((item) => (
            <Item key={item.label} {...item} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function Item({ label, onSelect, icon, unavailableReason }: MenuItem) {
  const isBlocked = unavailableReason !== undefined
  return (
    <DropdownMenu.Item
      {...(isBlocked ? tooltipProps(unavailableReason, { isDescription: true }) : {})}
      aria-disabled={isBlocked || undefined}
      onSelect={(event) => (isBlocked ? event.preventDefault() : onSelect())}
      className={clsx(
        'flex h-8 touch-target items-center gap-2.5 rounded-md px-2 text-base outline-none select-none data-[highlighted]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted',
        isBlocked && 'opacity-55',
      )}
    >
      {icon}
      <span className="min-w-0 grow truncate">{label}</span>
    </DropdownMenu.Item>
  )
}
