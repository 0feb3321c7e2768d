import { Folder } from 'lucide-react'
import { useEffect, useState } from 'react'
import { ReaderStyles } from '#app/features/viewer/reader-styles.tsx'
import type { KindProps } from '#app/features/viewer/viewed-file.ts'
import { formatBytes, formatDay } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'
import { nameKey } from '#contract/name-order.ts'
import { describeListing } from './describe-listing.ts'
import { readZip, type ZipEntry, ZipFailure, type ZipListing } from './read-zip.ts'

const entriesOfStep = 1_000

/** What a zip archive holds. */
export function ArchiveView(props: KindProps) {
  return (
    <>
      <ReaderStyles />
      <OneArchive key={props.file.link} {...props} />
    </>
  )
}

type Reading = { listing: ZipListing | null; problem: string | null }

function OneArchive({ file, onUnreadable }: KindProps) {
  const [attempt, setAttempt] = useState(0)
  const [{ listing, problem }, setReading] = useState<Reading>({ listing: null, problem: null })
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once, and again when it is asked for
  useEffect(() => {
    const abort = new AbortController()
    readZip(file.link, file.size, abort.signal).then(
      (found) => setReading({ listing: sortEntries(found), problem: null }),
      (error: Error) => {
        if (abort.signal.aborted) return
        if (error instanceof ZipFailure) onUnreadable(error.message)
        else setReading({ listing: null, problem: error.message })
      },
    )
    return () => abort.abort()
  }, [attempt])
  if (problem !== null) {
    return (
      <div className="reader-end" role="alert">
        <p>{problem}</p>
        <Button onClick={() => setAttempt(attempt + 1)}>Try again</Button>
      </div>
    )
  }
  if (!listing) {
    return (
      <div className="reader-waiting" aria-busy="true">
        <Skeleton className="h-3 w-1/2" />
        <Skeleton className="h-3 w-2/3" />
        <Skeleton className="h-3 w-1/2" />
      </div>
    )
  }
  return <Entries listing={listing} packedSize={file.size} />
}

function sortEntries({ entries, isCut }: ZipListing): ZipListing {
  const keyed = entries.map((entry) => ({ entry, key: nameKey(entry.path) }))
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1))
  return { entries: keyed.map(({ entry }) => entry), isCut }
}

function Entries({ listing, packedSize }: { listing: ZipListing; packedSize: number }) {
  const { entries, isCut } = listing
  const [shown, setShown] = useState(entriesOfStep)
  return (
    <div className="reader">
      <div className="reader-bar reader-summary">
        <p role="status">{describeListing(listing, packedSize)}</p>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keyboard */}
      <section tabIndex={0} aria-label="Content" className="reader-scroller">
        <table className="reader-table reader-archive">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Size</th>
              <th scope="col">Modified</th>
            </tr>
          </thead>
          <tbody>
            {entries.slice(0, shown).map((entry, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an archive may name two files alike
              <Row key={index} entry={entry} />
            ))}
          </tbody>
        </table>
        {shown < entries.length && (
          <div className="reader-end">
            <Button onClick={() => setShown(shown + entriesOfStep)}>Show more</Button>
          </div>
        )}
        {isCut && shown >= entries.length && (
          <p className="reader-end">Download the archive to see the rest.</p>
        )}
      </section>
    </div>
  )
}

function Row({ entry }: { entry: ZipEntry }) {
  const { path, isFolder, size, modifiedAt, isEncrypted } = entry
  return (
    <tr>
      <td>
        {isFolder && <Folder aria-label="Folder" className="reader-folder" />}
        <bdi dir="auto">{visibleName(path)}</bdi>
        {isEncrypted && <span className="reader-tag">encrypted</span>}
      </td>
      <td>{isFolder ? '' : formatBytes(size)}</td>
      <td>{modifiedAt === null ? '' : formatDay(modifiedAt)}</td>
    </tr>
  )
}
