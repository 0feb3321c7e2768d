import clsx from 'clsx'
import { CloudUpload, Link, LockKeyhole } from 'lucide-react'
import { visibleName } from '#app/lib/visible-name.ts'

type DropOverlayProps = {
  /** What is held over the screen; null while what was dropped is read: a large folder takes a while. */
  dragged: 'files' | 'links' | null
  folder: string
  canUpload: boolean
  canImport: boolean
}

/** Says over the whole screen what letting go would do. */
export function DropOverlay({ dragged, ...rest }: DropOverlayProps) {
  const { icon, words } = dragged ? promise(dragged, rest) : reading
  return (
    <div
      className={clsx(
        'pointer-events-none fixed inset-0 z-40 flex animate-appear items-center justify-center bg-veil p-6',
        // A few files are read in no time: words that flash by would only startle.
        dragged === null && '[animation-delay:400ms] [animation-fill-mode:backwards]',
      )}
    >
      <p className="flex items-center gap-3 rounded-xl border-2 border-accent border-dashed bg-raised px-6 py-5 text-lg shadow-float [&_svg]:size-6 [&_svg]:text-accent-ink">
        {icon}
        {words}
      </p>
    </div>
  )
}

const reading = { icon: <CloudUpload aria-hidden="true" />, words: 'Reading what was dropped…' }

function promise(
  dragged: 'files' | 'links',
  { folder, canUpload, canImport }: Omit<DropOverlayProps, 'dragged'>,
) {
  const isPossible = dragged === 'files' ? canUpload : canImport
  if (!isPossible) {
    const what = dragged === 'files' ? 'upload' : 'import links'
    return { icon: <LockKeyhole aria-hidden="true" />, words: `This key cannot ${what}` }
  }
  return dragged === 'files'
    ? {
        icon: <CloudUpload aria-hidden="true" />,
        words: `Drop to upload to ${visibleName(folder)}`,
      }
    : { icon: <Link aria-hidden="true" />, words: 'Drop to import links' }
}
