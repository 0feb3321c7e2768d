import clsx from 'clsx'
import { CloudUpload, Link, LockKeyhole } from 'lucide-react'
import { missingScope } from '#app/api/http/api-key-text.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import type { Dragged } from './drop-target.tsx'

type DropOverlayProps = {
  /** What is held over the screen; null while what was dropped is read: a large folder takes a while. */
  dragged: Dragged | null
  folder: string
  isConnected: boolean
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
  dragged: Dragged,
  { folder, isConnected, canUpload, canImport }: Omit<DropOverlayProps, 'dragged'>,
) {
  const locked = (words: string) => ({ icon: <LockKeyhole aria-hidden="true" />, words })
  if (!isConnected) return locked('Connect with a key first')
  const isPossible = { files: canUpload, links: canImport, either: canUpload || canImport }
  if (!isPossible[dragged]) {
    return locked(missingScope[dragged === 'links' ? 'import' : 'upload'].title)
  }
  if (dragged === 'links')
    return { icon: <Link aria-hidden="true" />, words: 'Drop to import links' }
  const what = dragged === 'files' ? 'upload' : 'add'
  return {
    icon: <CloudUpload aria-hidden="true" />,
    words: `Drop to ${what} to ${visibleName(folder)}`,
  }
}
