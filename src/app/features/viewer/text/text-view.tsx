import { Code, WrapText } from 'lucide-react'
import { Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { ReaderStyles } from '#app/features/viewer/reader-styles.tsx'
import type { KindProps } from '#app/features/viewer/viewed-file.ts'
import { useStoredChoice } from '#app/lib/browser/storage.ts'
import { formatBytes } from '#app/lib/format.ts'
import { Button, IconButton } from '#app/ui/button.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'
import { decodeText, type Encoding, encodings, findEncoding, looksLikeText } from './decode-text.ts'
import { describeText, nameOfEncoding, type ShownText } from './describe-text.ts'
import { textKind } from './text-kind.ts'
import { TextLines } from './text-lines.tsx'
import { useReaderKeys } from './use-reader-keys.ts'
import { type TextFile, useTextFile } from './use-text-file.ts'

const MarkdownPage = lazyPart(async () => (await import('./markdown-page.tsx')).MarkdownPage)
const TablePage = lazyPart(async () => (await import('./table-page.tsx')).TablePage)

/** Texts of all kinds, from their start, as far as one wants to read. */
export function TextView(props: KindProps) {
  return (
    <>
      <ReaderStyles />
      <OneText key={props.file.link} {...props} />
    </>
  )
}

function OneText({ file, siblings, onUnreadable }: KindProps) {
  const read = useTextFile(file.link, file.size)
  const [chosen, setChosen] = useState<Encoding | null>(null)
  const [isSource, setIsSource] = useState(false)
  const [wrapping, setWrapping] = useStoredChoice('barkeep.wrap', ['wrapped', 'unwrapped'])
  const isWrapped = wrapping === 'wrapped'
  const toggleWrapping = () => setWrapping(isWrapped ? 'unwrapped' : 'wrapped')
  const scroller = useRef<HTMLDivElement>(null)
  const isThere = read.bytes.length > 0 || read.isWhole
  const shown = useShownText(file.name, { read, chosen, isSource })
  useReaderKeys(scroller, isThere)
  useUnreadable({ read, name: file.name, onUnreadable })
  if (!isThere) return read.problem ? <Problem read={read} /> : <Waiting />
  const isLaidOut = !isSource && (shown.kind === 'markdown' || shown.kind === 'table')
  const showSource = () => setIsSource(true)
  return (
    <div className="reader">
      <ReaderBar
        shown={shown}
        onEncoding={setChosen}
        source={{ isShown: isSource, toggle: () => setIsSource(!isSource) }}
        wrapping={isLaidOut ? null : { isOn: isWrapped, toggle: toggleWrapping }}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keyboard */}
      <section ref={scroller} tabIndex={0} aria-label="Content" className="reader-scroller">
        {isLaidOut ? (
          <Suspense fallback={<Waiting />}>
            <LaidOut {...{ shown, file, siblings, read }} onFailed={showSource} />
          </Suspense>
        ) : (
          <>
            <TextLines
              text={shown.text}
              language={shown.language}
              isNumbered={shown.kind !== 'plain'}
              isWrapped={isWrapped}
            />
            <End read={read} />
          </>
        )}
      </section>
    </div>
  )
}

type LaidOutProps = Pick<KindProps, 'file' | 'siblings'> & {
  shown: ShownText
  read: TextFile
  onFailed: () => void
}

function LaidOut({ shown, file, siblings, read, onFailed }: LaidOutProps) {
  const end = <End read={read} />
  if (shown.kind === 'table') {
    return (
      <TablePage
        text={shown.text}
        name={file.name}
        isWhole={read.isWhole}
        onFailed={onFailed}
        end={end}
      />
    )
  }
  return (
    <>
      <MarkdownPage text={shown.text} siblings={siblings} onFailed={onFailed} />
      {end}
    </>
  )
}

type Toggled = { isShown: boolean; toggle: () => void }

function ReaderBar({
  shown,
  onEncoding,
  source,
  wrapping,
}: {
  shown: ShownText
  onEncoding: (encoding: Encoding) => void
  source: Toggled
  /** Null for what is not shown line by line. */
  wrapping: { isOn: boolean; toggle: () => void } | null
}) {
  return (
    <div className="reader-bar">
      {shown.kind !== 'plain' && shown.kind !== 'code' && (
        <Button
          size="small"
          tone="quiet"
          icon={<Code />}
          aria-pressed={source.isShown}
          onClick={source.toggle}
        >
          Source
        </Button>
      )}
      {wrapping && (
        <IconButton
          label="Wrap long lines"
          icon={<WrapText />}
          size="small"
          isPressed={wrapping.isOn}
          onClick={wrapping.toggle}
        />
      )}
      <label className="reader-encoding">
        <span className="sr-only">Encoding</span>
        <select
          value={shown.encoding}
          onChange={(event) => onEncoding(event.target.value as Encoding)}
        >
          {encodings.map((one) => (
            <option key={one} value={one}>
              {nameOfEncoding(one)}
            </option>
          ))}
        </select>
      </label>
      {shown.notes.length > 0 && <p className="reader-note">{shown.notes.join(' ')}</p>}
    </div>
  )
}

function useShownText(
  name: string,
  { read, chosen, isSource }: { read: TextFile; chosen: Encoding | null; isSource: boolean },
): ShownText {
  const { bytes, isWhole } = read
  return useMemo(() => {
    const encoding = chosen ?? findEncoding(bytes, isWhole)
    const text = decodeText(bytes, encoding, isWhole)
    return describeText(text, { name, encoding, isSource, isWhole })
  }, [bytes, isWhole, chosen, name, isSource])
}

/** What is no text has the plain page, with a download. */
function useUnreadable({
  read,
  name,
  onUnreadable,
}: Pick<KindProps, 'onUnreadable'> & { read: TextFile; name: string }): void {
  const { bytes } = read
  const isNone = useMemo(() => !looksLikeText(bytes, textKind(name) !== null), [bytes, name])
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, however often the callback is made anew
  useEffect(() => {
    if (!isNone) return
    onUnreadable(
      textKind(name) === null
        ? 'Files of this kind are not shown here.'
        : 'The name says text, but the bytes of this file are none.',
    )
  }, [isNone])
}

/** How much is shown, and the way to more. */
function End({ read }: { read: TextFile }) {
  const { bytes, size, isWhole, loadMore, isLoading, problem } = read
  if (isWhole) return bytes.length === 0 ? <p className="reader-end">This file is empty.</p> : null
  const rest = size > bytes.length ? ` of ${formatBytes(size)}` : ''
  return (
    <div className="reader-end">
      <p role="status">
        {problem ?? `The first ${formatBytes(bytes.length)}${rest} are shown.`}
        {!loadMore && ' Download the file to read the rest.'}
      </p>
      {loadMore && (
        <Button isPending={isLoading} onClick={loadMore}>
          {problem ? 'Try again' : 'Show more'}
        </Button>
      )}
    </div>
  )
}

function Problem({ read }: { read: TextFile }) {
  return (
    <div className="reader-end" role="alert">
      <p>{read.problem}</p>
      {read.loadMore && (
        <Button isPending={read.isLoading} onClick={read.loadMore}>
          Try again
        </Button>
      )}
    </div>
  )
}

function Waiting() {
  return (
    <div className="reader-waiting" aria-busy="true">
      {['w-2/3', 'w-1/2', 'w-2/3', 'w-1/3'].map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <Skeleton key={index} className={`h-3 ${width}`} />
      ))}
    </div>
  )
}
