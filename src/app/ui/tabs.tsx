import clsx from 'clsx'
import { type KeyboardEvent, type ReactNode, useId } from 'react'
import { formatNumber } from '#app/lib/format.ts'

export type Tab<Value extends string> = {
  value: Value
  /** The tab's whole accessible name; the count beside it is a description. */
  label: string
  count?: number
  content: ReactNode
}

export type TabsProps<Value extends string> = {
  label: string
  value: Value
  /** Also told when the current tab is pressed. */
  onChange: (value: Value) => void
  tabs: readonly Tab<Value>[]
  /** What shares the bar with the tabs. */
  start?: ReactNode
  end?: ReactNode
  /** Only the bar is shown. */
  isCollapsed?: boolean
}

/** Tabs over panels, with the keyboard of the WAI-ARIA pattern: the arrows choose at once. */
export function Tabs<Value extends string>(props: TabsProps<Value>) {
  const { label, value, onChange, tabs, isCollapsed = false } = props
  const id = useId()
  const handleKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const index = targetOf(
      event.key,
      tabs.findIndex((tab) => tab.value === value),
      tabs.length,
    )
    const tab = index === null ? undefined : tabs[index]
    if (!tab) return
    event.preventDefault()
    onChange(tab.value)
    document.getElementById(`${id}-${tab.value}`)?.focus()
  }
  return (
    <div className="flex min-h-0 grow flex-col">
      <div className="flex h-10 shrink-0 items-center gap-1 px-3 pointer-coarse:h-12 short:h-9 short:pointer-coarse:h-11">
        {props.start}
        <div
          role="tablist"
          aria-label={label}
          className="flex h-full items-stretch gap-1"
          onKeyDown={handleKeyDown}
        >
          {tabs.map((tab) => (
            <TabButton
              key={tab.value}
              id={`${id}-${tab.value}`}
              panelId={`${id}-panel-${tab.value}`}
              tab={tab}
              isCurrent={tab.value === value}
              onPress={() => onChange(tab.value)}
            />
          ))}
        </div>
        {props.end !== undefined && (
          <div className="ml-auto flex items-center gap-1">{props.end}</div>
        )}
      </div>
      {tabs.map((tab) => (
        <div
          key={tab.value}
          id={`${id}-panel-${tab.value}`}
          role="tabpanel"
          aria-labelledby={`${id}-${tab.value}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the pattern: a panel is reached by Tab even when empty
          tabIndex={0}
          hidden={isCollapsed || tab.value !== value}
          className="scroll-area min-h-0 grow focus-visible:-outline-offset-2"
        >
          {tab.value === value && tab.content}
        </div>
      ))}
    </div>
  )
}

function TabButton<Value extends string>({
  id,
  panelId,
  tab,
  isCurrent,
  onPress,
}: {
  id: string
  panelId: string
  tab: Tab<Value>
  isCurrent: boolean
  onPress: () => void
}) {
  return (
    <button
      type="button"
      role="tab"
      id={id}
      aria-controls={panelId}
      aria-selected={isCurrent}
      tabIndex={isCurrent ? 0 : -1}
      onClick={onPress}
      {...(tab.count ? { 'aria-description': `${formatNumber(tab.count)} listed` } : {})}
      aria-label={tab.label}
      className={clsx(
        'relative flex items-center gap-1.5 rounded-md px-2 text-sm focus-visible:-outline-offset-2',
        isCurrent
          ? 'font-medium text-ink after:absolute after:inset-x-2 after:bottom-0 after:h-0.5 after:bg-accent'
          : 'text-muted hover:text-ink',
      )}
    >
      {tab.label}
      {tab.count ? (
        <span className="min-w-5 rounded-full bg-pressed px-1.5 text-center font-normal text-xs">
          {formatNumber(tab.count)}
        </span>
      ) : null}
    </button>
  )
}

function targetOf(key: string, index: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
      return (index + 1) % count
    case 'ArrowLeft':
      return (index - 1 + count) % count
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}
