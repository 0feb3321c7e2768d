import { X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { serverDescription } from '#app/api/session/server-description.ts'
import { readRange } from '#app/features/viewer/read-range.ts'
import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { IconButton } from '#app/ui/button.tsx'
import { detailsReply, type FileDetails } from '#contract/previews.ts'
import { describeDetails } from './describe-details.ts'

/** More than any answer has that is meant for this. */
const mostBytes = 65_536

/** What is known of the file, beside it; over its lower half where there is no room beside. */
export function DetailsPanel({ file, onClose }: { file: ViewedFile; onClose: () => void }) {
  const known = useDetails(file)
  const rows = [
    ['Name', visibleName(file.name)],
    ...describeDetails(file, known),
    ['Link', file.sharedLink],
  ]
  return (
    <aside
      aria-label="Details"
      className="scroll-area absolute inset-x-0 bottom-0 z-50 max-h-[60%] border-line border-t bg-canvas p-4 text-sm sm:static sm:max-h-full sm:w-72 sm:shrink-0 sm:border-l"
    >
      <div className="flex items-center">
        <h3 className="grow font-semibold">Details</h3>
        <IconButton label="Close details" icon={<X />} size="small" onClick={onClose} />
      </div>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name} className="mt-2">
            <dt className="text-muted text-xs">{name}</dt>
            <dd className="break-words select-all">
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </aside>
  )
}

/** What the server tells of the file, where it does; it takes no key and no slot of the window. */
function useDetails({ link }: ViewedFile): FileDetails | null {
  const [found, setFound] = useState<{ link: string; details: FileDetails } | null>(null)
  useEffect(() => {
    if (!serverDescription.getSnapshot()?.additions.includes('details')) return
    const abort = new AbortController()
    readDetails(link, abort.signal).then(
      (details) => details && setFound({ link, details }),
      // The rest of the panel is true without it.
      () => {},
    )
    return () => abort.abort()
  }, [link])
  return found?.link === link ? found.details : null
}

async function readDetails(link: string, signal: AbortSignal): Promise<FileDetails | null> {
  const { bytes } = await readRange(`${link}?details`, { from: 0, length: mostBytes }, signal)
  const parsed = detailsReply.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
  return parsed.success ? parsed.data : null
}
