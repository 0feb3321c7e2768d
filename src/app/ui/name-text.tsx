import clsx from 'clsx'
import { cutName, visibleName } from '#app/lib/untrusted-text.ts'
import { cutTextTooltipProps } from './tooltip.ts'

/**
 * A file's or folder's name, on one line: cut in the middle where it does not fit. `hasRoom`: there is
 * always room for its end, so that hundreds of them can do with one clip each.
 */
export function NameText({ name, hasRoom = false }: { name: string; hasRoom?: boolean }) {
  const shown = visibleName(name)
  const [head, tail] = cutName(shown)
  return (
    <bdi
      dir="auto"
      className={clsx('flex w-fit min-w-0 max-w-full', !hasRoom && 'overflow-hidden')}
      {...cutTextTooltipProps(shown)}
    >
      <span className="truncate whitespace-pre">{head}</span>
      {tail !== '' && <span className="shrink-0 whitespace-pre">{tail}</span>}
    </bdi>
  )
}
