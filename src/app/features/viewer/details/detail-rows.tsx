import { Check } from 'lucide-react'
import { type ReactNode, Suspense, useEffect, useState } from 'react'
import { useCopiedLink } from '#app/actions/open-link.ts'
import { actionItem } from '#app/actions/registry.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { IconButton } from '#app/ui/button.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { type DetailRow, describeDetails, type KnownDetails } from './describe-details.ts'
import { readDetails } from './read-details.ts'

const QrCode = lazyPart(async () => (await import('#app/ui/qr-code.tsx')).QrCode)

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
  const known = useDetails(file)
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

/** What is known of the file beside its row; it takes no key and no slot of the window. */
function useDetails({ name, link }: DescribedFile): KnownDetails | null {
  const [found, setFound] = useState<{ link: string; details: KnownDetails } | null>(null)
  const additions = useSnapshot(serverDescription)?.additions
  const isOffered = additions?.includes('details')
  useEffect(() => {
    if (isOffered === undefined || link === null) return
    const abort = new AbortController()
    const timer = setTimeout(() => {
      const reading = isOffered
        ? readDetails(link, abort.signal)
        : import('./details-here.ts').then(({ readDetailsHere }) =>
            readDetailsHere({ name, link }, abort.signal),
          )
      reading.then(
        (details) => details && setFound({ link, details }),
        // The rest of the panel is true without it.
        () => {},
      )
    }, settleMs)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [name, link, isOffered])
  return found?.link === link ? found.details : null
}
