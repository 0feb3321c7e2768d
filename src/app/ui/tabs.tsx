import clsx from 'clsx'
import { Tabs as RadixTabs } from 'radix-ui'
import type { ReactNode } from 'react'

export type Tab<Value extends string> = {
  value: Value
  /** The tab's whole accessible name; the count beside it is a description. */
  label: string
  count?: number
  content: ReactNode
}

/** Tabs over panels; `start` and `end` share the bar with them. */
export function Tabs<Value extends string>({
  label,
  value,
  onChange,
  tabs,
  start,
  end,
  isCollapsed = false,
  onPress,
}: {
  label: string
  value: Value
  onChange: (value: Value) => void
  tabs: readonly Tab<Value>[]
  start?: ReactNode
  end?: ReactNode
  /** Only the bar is shown. */
  isCollapsed?: boolean
  /** Also when the tab that is pressed is the current one. */
  onPress?: (value: Value) => void
}) {
  return (
    <RadixTabs.Root
      value={value}
      onValueChange={(next) => onChange(next as Value)}
      className="flex min-h-0 grow flex-col"
    >
      <div className="flex h-10 shrink-0 items-center gap-1 px-3 pointer-coarse:h-12">
        {start}
        <RadixTabs.List aria-label={label} className="flex h-full items-stretch gap-1">
          {tabs.map((tab) => (
            <RadixTabs.Trigger
              key={tab.value}
              value={tab.value}
              onClick={() => onPress?.(tab.value)}
              {...(tab.count ? { 'aria-description': `${tab.count} listed` } : {})}
              className="relative flex items-center gap-1.5 rounded-md px-2 text-muted text-sm hover:text-ink data-[state=active]:font-medium data-[state=active]:text-ink data-[state=active]:after:absolute data-[state=active]:after:inset-x-2 data-[state=active]:after:bottom-0 data-[state=active]:after:h-0.5 data-[state=active]:after:bg-accent"
            >
              {tab.label}
              {tab.count ? (
                <span
                  aria-hidden="true"
                  className="min-w-5 rounded-full bg-pressed px-1.5 text-center font-normal text-xs"
                >
                  {tab.count}
                </span>
              ) : null}
            </RadixTabs.Trigger>
          ))}
        </RadixTabs.List>
        {end !== undefined && <div className="ml-auto flex items-center gap-1">{end}</div>}
      </div>
      {tabs.map((tab) => (
        <RadixTabs.Content
          key={tab.value}
          value={tab.value}
          className={clsx(
            'scroll-area min-h-0 grow focus-visible:-outline-offset-2',
            isCollapsed && 'hidden',
          )}
        >
          {tab.content}
        </RadixTabs.Content>
      ))}
    </RadixTabs.Root>
  )
}
