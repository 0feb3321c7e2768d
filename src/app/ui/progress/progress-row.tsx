import clsx from 'clsx'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { Progress } from 'radix-ui'
import type { ReactNode } from 'react'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { NameText } from '#app/ui/name-text.tsx'
import { cutTextTooltipProps } from '#app/ui/tooltip.ts'

export type ProgressTone = 'accent' | 'success' | 'danger' | 'idle'

/** How far something is. `value` from 0 to 1, rounded down: full is done. Null while nobody knows. */
export function ProgressBar({
  label,
  value,
  tone = 'accent',
  className,
}: {
  label: string
  value: number | null
  tone?: ProgressTone
  className?: string
}) {
  const percent = value === null ? null : Math.floor(Math.min(Math.max(value, 0), 1) * 100)
  return (
    <Progress.Root
      value={percent}
      aria-label={label}
      className={clsx('h-1.5 overflow-hidden rounded-full bg-pressed', className)}
    >
      <Progress.Indicator
        className={clsx(
          // Moved, not stretched: a width on its way would have the page laid out for each frame.
          'h-full rounded-full transition-transform duration-200 ease-linear',
          percent === null && 'animate-breathe',
          tones[tone],
        )}
        style={percent === null ? { width: '35%' } : { transform: `translateX(${percent - 100}%)` }}
      />
    </Progress.Root>
  )
}

const tones = {
  accent: 'bg-accent',
  success: 'bg-success',
  danger: 'bg-danger',
  idle: 'bg-edge',
} as const

type GroupToggle = { isOpen: boolean; onToggle: () => void }

export type ProgressRowProps = {
  name: string
  /** Of the head of a group, whose rows open and close; null else. */
  group?: GroupToggle | null
  /** It stands below the head of its group. */
  isInGroup?: boolean
  /** Where the name leads, already known to be safe; null for plain text. */
  link: string | null
  /** The folder it goes to or lies in. */
  place: { path: string; onOpen: () => void } | null
  /** `value` from 0 to 1; null while nobody knows. */
  progress: { value: number | null; tone: ProgressTone }
  /** The state in words first, then what else is known. */
  words: readonly string[]
  /** Why it failed or waits, and what to do; null mostly. */
  explanation: { reason: string; nextStep?: string } | null
  /** Buttons. */
  children: ReactNode
}

/** One thing that takes its time, in a list of such things; two or three lines where it is narrow. */
export function ProgressRow(props: ProgressRowProps) {
  const { name, link, place, progress, words, explanation, children } = props
  const { group = null, isInGroup = false } = props
  return (
    <div
      className="flex min-h-10 items-center gap-x-3 border-line border-b px-4 py-1"
      style={isInGroup ? inGroup : undefined}
    >
      <div className="flex min-w-0 grow flex-wrap items-center gap-x-3 gap-y-0.5">
        <div className="flex min-w-0 grow basis-64 items-center gap-2">
          {group ? <GroupName name={name} {...group} /> : <Name name={name} link={link} />}
          {place && <Place {...place} />}
        </div>
        <ProgressBar
          label={`Progress of ${visibleName(name)}`}
          value={progress.value}
          tone={progress.tone}
          className="w-32 shrink-0 max-sm:w-full"
        />
        <p className="flex min-w-0 gap-x-3 text-muted text-sm sm:w-72 lg:w-88">
          {words.map((word, index) => (
            <span
              key={word}
              // The state and how far it is come first, and are the last to be cut.
              className={clsx(
                index === words.length - 1 ? 'truncate' : 'shrink-0 whitespace-nowrap',
                index === 0 && progress.tone === 'danger' && 'text-danger',
              )}
              {...cutTextTooltipProps(word)}
            >
              {word}
            </span>
          ))}
        </p>
        {explanation && (
          <p className="wrap-anywhere basis-full pb-1 text-sm">
            {visibleName(explanation.reason)}{' '}
            <span className="text-muted">{explanation.nextStep}</span>
          </p>
        )}
      </div>
      <div className="flex w-16 shrink-0 justify-end gap-1 max-sm:w-auto">{children}</div>
    </div>
  )
}

/** Below the words of its head, px. */
const inGroup = { paddingInlineStart: 36 }

function GroupName({ name, isOpen, onToggle }: { name: string } & GroupToggle) {
  const Chevron = isOpen ? ChevronDown : ChevronRight
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      aria-label={visibleName(name)}
      onClick={onToggle}
      className="-ml-1 flex min-w-0 items-center gap-2 rounded font-medium hover:text-ink"
    >
      <Chevron aria-hidden="true" className="size-4 shrink-0 text-muted" />
      <NameText name={name} />
    </button>
  )
}

function Name({ name, link }: Pick<ProgressRowProps, 'name' | 'link'>) {
  if (link === null) return <NameText name={name} />
  return (
    <a
      href={link}
      aria-label={visibleName(name)}
      target="_blank"
      rel="noreferrer"
      className="min-w-0 underline decoration-edge underline-offset-4 hover:decoration-current"
    >
      <NameText name={name} />
    </a>
  )
}

function Place({ path, onOpen }: NonNullable<ProgressRowProps['place']>) {
  return (
    <span className="flex min-w-10 max-w-2/5 shrink-0 items-center gap-1.5 text-muted text-sm">
      <span aria-hidden="true">→</span>
      <button
        type="button"
        onClick={onOpen}
        className="min-w-0 truncate rounded hover:text-ink hover:underline"
      >
        <bdi>{visibleName(path)}</bdi>
      </button>
    </span>
  )
}
