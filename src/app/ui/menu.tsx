import clsx from 'clsx'
import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { tooltipProps } from './tooltip.tsx'

const itemClass =
  'flex h-8 items-center gap-2.5 rounded-md px-2 text-base outline-none select-none touch-target data-[highlighted]:bg-hover data-[disabled]:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0'

/** A button that opens a list of actions. `trigger` is a `Button` or `IconButton`. */
export function Menu({
  trigger,
  children,
  align = 'end',
  side = 'bottom',
  isInitiallyOpen = false,
  onOpenChange,
}: {
  trigger: ReactElement
  children: ReactNode
  align?: 'start' | 'end'
  side?: 'top' | 'bottom'
  /** For a menu that is only made once its button was pressed. */
  isInitiallyOpen?: boolean
  onOpenChange?: (isOpen: boolean) => void
}) {
  return (
    // Not modal: nothing outside scrolls away, and Radix's scroll lock would need an inline <style>.
    <DropdownMenu.Root
      modal={false}
      defaultOpen={isInitiallyOpen}
      {...(onOpenChange ? { onOpenChange } : {})}
    >
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="scroll-area z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 max-w-80 animate-appear rounded-lg bg-raised p-1 shadow-float"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

export type MenuItemProps = {
  children: ReactNode
  onSelect: () => void
  icon?: ReactNode
  tone?: 'plain' | 'danger'
  /** Why this cannot be done now; the item stays readable and does nothing. */
  unavailableReason?: string | undefined
}

export function MenuItem({
  children,
  onSelect,
  icon,
  tone = 'plain',
  unavailableReason,
}: MenuItemProps) {
  const isBlocked = unavailableReason !== undefined
  return (
    <DropdownMenu.Item
      {...(isBlocked ? tooltipProps(unavailableReason, { isDescription: true }) : {})}
      aria-disabled={isBlocked || undefined}
      onSelect={(event) => (isBlocked ? event.preventDefault() : onSelect())}
      className={clsx(itemClass, tone === 'danger' && 'text-danger', isBlocked && 'opacity-55')}
    >
      {icon}
      <span className="min-w-0 grow truncate">{children}</span>
    </DropdownMenu.Item>
  )
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Label className="px-2 py-1.5 text-muted text-xs">{children}</DropdownMenu.Label>
  )
}

/** A choice of one among few, inside a menu. */
export function MenuRadioGroup<Value extends string>({
  label,
  value,
  onChange,
  options,
}: {
  label: string
  value: Value
  onChange: (value: Value) => void
  options: readonly { value: Value; label: string; icon?: ReactNode }[]
}) {
  return (
    <DropdownMenu.RadioGroup
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next as Value)}
    >
      <MenuLabel>{label}</MenuLabel>
      {options.map((option) => (
        <DropdownMenu.RadioItem key={option.value} value={option.value} className={itemClass}>
          {option.icon}
          <span className="min-w-0 grow truncate">{option.label}</span>
          <DropdownMenu.ItemIndicator>
            <Check />
          </DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  )
}
