import { Check, Download, Link2 } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useMediaQuery } from '#app/lib/use-media-query.ts'
import { Button } from '#app/ui/button.tsx'
import { IconButton } from '#app/ui/icon-button.tsx'
import { count } from './describe-list.ts'
import { downloadFiles } from './download-files.ts'
import type { Entry, FileEntry } from './entry.ts'
import { isSavedByBrowser } from './open-link.ts'
import { useCopiedLink } from './use-copied-link.ts'

/** Browsers ask before a page saves several files; more than this is a case for a program. */
const mostAtOnce = 50

type LinkedFile = FileEntry & { link: string }

/** What can be done with several at once. Folders have no link of their own and are left out. */
export function ChosenActions({ chosen }: { chosen: readonly Entry[] }) {
  const { isCopied, copy } = useCopiedLink()
  const ending = useRef<AbortController | null>(null)
  useEffect(() => () => ending.current?.abort(), [])
  const files = chosen.filter((entry): entry is LinkedFile => {
    return entry.kind === 'file' && entry.link !== null
  })
  if (files.length === 0) return null

  function handleDownload() {
    ending.current?.abort()
    ending.current = new AbortController()
    void downloadFiles(files, ending.current.signal)
  }

  return (
    <>
      <Action
        label={`Copy ${count(files.length, 'link')}`}
        icon={isCopied ? <Check /> : <Link2 />}
        onClick={() => copy(files.map(({ link }) => link).join('\n'))}
      />
      <Action
        label={`Download ${count(files.length, 'file')}`}
        icon={<Download />}
        unavailableReason={whyNotTogether(files)}
        onClick={handleDownload}
      />
    </>
  )
}

function whyNotTogether(files: readonly LinkedFile[]): string | undefined {
  if (files.length > mostAtOnce) return `Choose ${mostAtOnce} files at most to download them.`
  if (files.some(({ link }) => !isSavedByBrowser(link))) {
    return 'This service’s links open files instead of saving them: download one at a time.'
  }
  return undefined
}

type ActionProps = {
  label: string
  icon: ReactNode
  unavailableReason?: string | undefined
  onClick: () => void
}

/** Words where there is room for them. */
function Action({ label, ...rest }: ActionProps) {
  const isWide = useMediaQuery('(min-width: 40rem)')
  if (!isWide) return <IconButton label={label} size="small" {...rest} />
  return (
    <Button tone="quiet" size="small" {...rest}>
      {label}
    </Button>
  )
}
