import clsx from 'clsx'
import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { tooltipProps } from '#app/ui/tooltip.ts'
import type { TriggerElement } from './triggers.tsx'

export type MenuItemProps = {
  label: string
  onSelect: () => void
  icon?: ReactNode
  /** As `aria-keyshortcuts` writes it. */
  shortcut?: string | null
  /** Why this cannot be done now; the item stays readable and does nothing. */
  unavailableReason?: string | undefined
}

type MenuFrameProps = {
  /** A `Button` or `IconButton`. */
  trigger: TriggerElement
  align?: 'start' | 'end'
}

/** What a `Menu` becomes once it is wanted; open from the start. */
export function MenuSurface({
  items,
  ...frame
}: MenuFrameProps & { items: readonly MenuItemProps[] }) {
  return (
    <MenuFrame {...frame}>
      {items.map((item) => (
        <MenuItem key={item.label} {...item} />
      ))}
    </MenuFrame>
  )
}

/** What floats, whatever it holds. */
export function MenuFrame({
  trigger,
  align = 'end',
  children,
}: MenuFrameProps & { children: ReactNode }) {
  return (
    // Not modal: nothing outside scrolls away, and Radix's scroll lock would need an inline <style>.
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={clsx(surfaceClass, 'max-h-(--radix-dropdown-menu-content-available-height)')}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

export const surfaceClass =
  'scroll-area z-50 min-w-48 max-w-80 animate-appear rounded-lg bg-raised p-1 shadow-float'

export const itemClass =
  'flex h-8 touch-target items-center gap-2.5 rounded-md px-2 text-base outline-none select-none data-[highlighted]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted'

export function MenuItem({ label, onSelect, icon, unavailableReason }: MenuItemProps) {
  const isBlocked = unavailableReason !== undefined
  return (
    <DropdownMenu.Item
      {...(isBlocked ? tooltipProps(unavailableReason, { isDescription: true }) : {})}
      aria-disabled={isBlocked || undefined}
      onSelect={(event) => (isBlocked ? event.preventDefault() : onSelect())}
      className={clsx(itemClass, isBlocked && 'opacity-55')}
    >
      {icon}
      <span className="min-w-0 grow truncate">{label}</span>
    </DropdownMenu.Item>
  )
}

/** One of a few, under a heading, after what stands above it. */
export function MenuChoice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: Value
  options: readonly { value: Value; label: string }[]
  onChange: (value: Value) => void
}) {
  return (
    <>
      <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />
      <DropdownMenu.RadioGroup
        aria-label={label}
        value={value}
        onValueChange={(next) => onChange(next as Value)}
      >
        <p aria-hidden="true" className="px-2 pt-1 pb-0.5 text-muted text-xs">
          {label}
        </p>
        {options.map((option) => (
          <DropdownMenu.RadioItem
            key={option.value}
            value={option.value}
            className={clsx(itemClass, 'data-[state=checked]:font-medium')}
          >
            <span className="flex size-4 shrink-0 items-center">
              <DropdownMenu.ItemIndicator>
                <Check />
              </DropdownMenu.ItemIndicator>
            </span>
            <span className="min-w-0 grow truncate">{option.label}</span>
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </>
  )
}
