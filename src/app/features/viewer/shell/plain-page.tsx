import { Download, ExternalLink, File } from 'lucide-react'
import type { ReactNode } from 'react'
import { actionItem } from '#app/actions/registry.ts'
import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { formatBytes, formatExactTime } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'

export type PlainPageProps = {
  file: ViewedFile
  /** Why it is not shown, and what to do. */
  reason?: string | undefined
  /** Other ways to have it. */
  ways?: ReactNode
}

/** What stands for a file that nothing shows: what is known of it, and the way to have it. */
export function PlainPage({ file, reason, ways }: PlainPageProps) {
  const context = contextOf(file)
  const saving = actionItem('download', context)
  const opening = actionItem('open-in-tab', context)
  return (
    <div className="flex min-h-full flex-col items-center justify-center gap-3 p-6 text-center">
      <File aria-hidden="true" className="size-12 text-faint" />
      <p className="max-w-full break-words font-semibold text-lg">
        <bdi>{visibleName(file.name)}</bdi>
      </p>
      <p className="text-muted">
        {formatBytes(file.size)} · {formatExactTime(file.uploadedAt)}
      </p>
      <p role="status" className="max-w-md">
        {reason ?? 'Files of this kind are not shown here.'}
      </p>
      <div className="flex flex-wrap justify-center gap-2">
        <Button tone="primary" icon={<Download />} onClick={saving.onSelect}>
          Save to this device
        </Button>
        <Button icon={<ExternalLink />} onClick={opening.onSelect}>
          Open the link
        </Button>
      </div>
      {ways}
      <p className="max-w-full break-all text-muted text-sm select-all">{file.sharedLink}</p>
    </div>
  )
}

/** What the actions on files are given. */
export function contextOf({ name, sharedLink: link }: ViewedFile) {
  return { scopes: [], targets: [{ kind: 'file' as const, key: link, name, link }] }
}
