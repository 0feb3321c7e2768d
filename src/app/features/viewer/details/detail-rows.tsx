import { Check } from 'lucide-react'
import { type ReactNode, Suspense, useEffect, useState } from 'react'
import { useCopiedLink } from '#app/actions/open-link.ts'
import { actionItem } from '#app/actions/registry.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import { readRange } from '#app/features/viewer/read-range.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { IconButton } from '#app/ui/button.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { detailsReply, type FileDetails } from '#contract/previews.ts'
import { type DetailRow, describeDetails } from './describe-details.ts'

const QrCode = lazyPart(async () => (await import('#app/ui/qr-code.tsx')).QrCode)

/** More than any answer has that is meant for this. */
const mostBytes = 65_536
/** A file that is stepped past asks for nothing. */
const settleMs = 250

export type DescribedFile = {
  name: string
  size: number
  uploadedAt: string
  /** Where this page reads it, and as it was given; null for a file without a usable link. */
  link: string | null
  sharedLink: string | null
}

/** What is known of one file; `folder` where it is not plain from what is around it. */
export function FileRows({ file, folder }: { file: DescribedFile; folder?: string }) {
  const known = useDetails(file.link)
  const rows = describeDetails(file, known)
  return (
    <>
      <DetailRows
        rows={[
          ['Name', visibleName(file.name)],
          ...(folder === undefined ? [] : [['Folder', visibleName(folder)] satisfies DetailRow]),
          ...rows,
        ]}
      >
        {file.sharedLink !== null && <LinkRow name={file.name} link={file.sharedLink} />}
      </DetailRows>
      {file.sharedLink !== null && (
        <div className="mt-4">
          <Suspense fallback={null}>
            <QrCode link={file.sharedLink} />
          </Suspense>
        </div>
      )}
    </>
  )
}

export function DetailRows({
  rows,
  children,
}: {
  rows: readonly DetailRow[]
  children?: ReactNode
}) {
  return (
    <dl>
      {rows.map(([name, value]) => (
        <div key={name} className="mt-2">
          <dt className="text-muted text-xs">{name}</dt>
          <dd className="select-all [overflow-wrap:anywhere]">
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
      {children}
    </dl>
  )
}

function LinkRow({ name, link }: { name: string; link: string }) {
  const { isCopied, copy } = useCopiedLink()
  const { label, icon, onSelect } = actionItem('copy-link', {
    scopes: [],
    targets: [{ kind: 'file', key: link, name, link }],
    copyText: copy,
  })
  return (
    <div className="mt-2">
      <dt className="text-muted text-xs">Link</dt>
      <dd className="flex items-start gap-1">
        <span className="min-w-0 grow select-all [overflow-wrap:anywhere]">{link}</span>
        <IconButton
          label={label}
          tooltip={isCopied ? 'Copied' : label}
          icon={isCopied ? <Check className="text-success" /> : icon}
          size="small"
          onClick={onSelect}
        />
      </dd>
    </div>
  )
}

/** What the server tells of the file, where it does; it takes no key and no slot of the window. */
function useDetails(link: string | null): FileDetails | null {
  const [found, setFound] = useState<{ link: string; details: FileDetails } | null>(null)
  const isOffered = useSnapshot(serverDescription)?.additions.includes('details')
  useEffect(() => {
    if (!isOffered || link === null) return
    const abort = new AbortController()
    const timer = setTimeout(() => {
      readDetails(link, abort.signal).then(
        (details) => details && setFound({ link, details }),
        // The rest of the panel is true without it.
        () => {},
      )
    }, settleMs)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [link, isOffered])
  return found?.link === link ? found.details : null
}

async function readDetails(link: string, signal: AbortSignal): Promise<FileDetails | null> {
  const { bytes } = await readRange(`${link}?details`, { from: 0, length: mostBytes }, signal)
  const parsed = detailsReply.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
  return parsed.success ? parsed.data : null
}
