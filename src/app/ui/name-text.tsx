import clsx from 'clsx'
import { cutName, visibleName } from '#app/lib/untrusted-text.ts'
import { cutTextTooltipProps } from './tooltip.ts'

/** A file's or folder's name, on one line: cut in the middle where it does not fit. */
export function NameText({ name, className }: { name: string; className?: string }) {
  const shown = visibleName(name)
  const [head, tail] = cutName(shown)
  return (
    <bdi
      dir="auto"
      className={clsx('flex w-fit min-w-0 max-w-full overflow-hidden', className)}
      {...cutTextTooltipProps(shown)}
    >
      <span className="truncate whitespace-pre">{head}</span>
      {tail !== '' && <span className="shrink-0 whitespace-pre">{tail}</span>}
    </bdi>
  )
}
