import { Dialog } from 'radix-ui'
import {
  type KeyboardEvent,
  type ReactNode,
  Suspense,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { serverDescription } from '#app/api/session/server-description.ts'
import { type KindProps, readViewed } from '#app/features/viewer/viewed-file.ts'
import { readViewerKey } from '#app/features/viewer/viewer-keys.ts'
import { isTypedIn } from '#app/lib/browser/keyboard-focus.ts'
import { useStoredChoice } from '#app/lib/browser/storage.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { tell } from '#app/ui/announcer.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { describePosition, type Files, findMissing, findPosition } from './folder-steps.ts'
import { partFor } from './kinds.ts'
import { PlainPage, type PlainPageProps } from './plain-page.tsx'
import { useSwipe } from './use-swipe.ts'
import { ViewerBar } from './viewer-bar.tsx'

type ListedFile = {
  key: string
  name: string
  size: number
  link: string | null
  uploadedAt: string
}

const DetailsPanel = lazyPart(
  async () => (await import('#app/features/viewer/details/details-panel.tsx')).DetailsPanel,
)

export type ViewerProps = {
  /** Of the file that the address names. */
  name: string
  /** The folder's files in the order shown; `undefined` for one that is there and not loaded. */
  files: Files<ListedFile>
  /** Whether `files` are all of them, loaded or not. */
  isSized: boolean
  /** A person opened it on this page; false where the page was loaded with it. */
  isAskedFor: boolean
  /** What is said where none of them has the name. */
  absence: ReactNode
  /** Asks for the page with one of `files`; with one past the end, for the next page. */
  onMissing: (index: number) => void
  onView: (name: string) => void
  onClose: () => void
  /** After the dialog is gone: the keyboard goes on from the row with this key. */
  onClosed: (key: string | null) => void
}

/** The viewer over the list: one file of the folder, and the way to those beside it. */
export function Viewer(props: ViewerProps) {
  const { name, files } = props
  const isReady = useKnownServer()
  const { at, step, hasStepped } = useSteps(props)
  const listed = files[at]
  const file = isReady && listed ? readViewed(listed) : null
  const position = listed ? describePosition(at, files.length, props.isSized) : ''
  const content = useRef<HTMLDivElement>(null)
  const lastKey = useRef<string | null>(null)
  useEffect(() => {
    if (listed) lastKey.current = listed.key
  }, [listed])
  const details = useDetailsPanel()
  const canStep = (by: 1 | -1) =>
    listed !== undefined && at + by >= 0 && (at + by < files.length || !props.isSized)
  const swipe = useSwipe((by) => step(at + by))

  function handleKey(event: KeyboardEvent) {
    if (!isForViewer(event)) return
    const what = readViewerKey(event)
    if (what === null) return
    event.preventDefault()
    if (what === 'fullscreen') toggleFullscreen(content.current)
    else if (what === 'details') details.toggle()
    else if (what !== 'taken') {
      step({ next: at + 1, previous: at - 1, first: 0, last: files.length - 1 }[what])
    }
  }

  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || props.onClose()}>
      <Dialog.Portal>
        <Dialog.Content
          ref={content}
          aria-label={visibleName(name)}
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            event.preventDefault()
            content.current?.focus()
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            props.onClosed(lastKey.current)
          }}
          onEscapeKeyDown={(event) => {
            // What is open within the file, or beside it, goes first.
            if (
              document.fullscreenElement ||
              isInPanel(event.target) ||
              readViewerKey(event) === 'taken'
            )
              event.preventDefault()
          }}
          onKeyDown={handleKey}
          className="fixed inset-0 z-40 flex animate-appear flex-col bg-canvas outline-none"
        >
          <ViewerBar
            name={name}
            file={file}
            position={position}
            onPrevious={canStep(-1) ? () => step(at - 1) : undefined}
            onNext={canStep(1) ? () => step(at + 1) : undefined}
            details={details}
          />
          <div className="relative flex min-h-0 grow">
            <div
              {...swipe}
              className="relative min-w-0 grow touch-pan-y overflow-hidden bg-sunken [overflow-wrap:anywhere]"
            >
              {file ? (
                <Shown
                  file={file}
                  files={files}
                  onStep={(by) => step(at + by)}
                  onShow={step}
                  wasSteppedTo={hasStepped || !props.isAskedFor}
                />
              ) : (
                <div
                  role="status"
                  className="flex h-full flex-col items-center justify-center gap-3 p-6 text-center"
                >
                  {listed && isReady
                    ? 'The server gave no usable link for this file.'
                    : !listed && props.absence}
                </div>
              )}
            </div>
            {file && details.isOpen && (
              <Suspense fallback={null}>
                <DetailsPanel file={file} onClose={details.toggle} />
              </Suspense>
            )}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** Open or not is remembered in this browser. */
function useDetailsPanel() {
  const [state, setState] = useStoredChoice('barkeep.details', ['closed', 'open'])
  const isOpen = state === 'open'
  return { isOpen, toggle: () => setState(isOpen ? 'closed' : 'open') }
}

type ShownProps = Pick<KindProps, 'file' | 'onStep' | 'wasSteppedTo'> & {
  files: Files<ListedFile>
  onShow: (index: number) => void
}

function Shown({ files, onShow, ...props }: ShownProps) {
  const { file } = props
  const [unreadable, setUnreadable] = useState<PlainPageProps | null>(null)
  const siblings = useMemo(() => files.flatMap((one) => (one && readViewed(one)) ?? []), [files])
  const Part = partFor(file)
  const isUnreadable = unreadable?.file === file
  if (!Part || isUnreadable) {
    return (
      <div className="scroll-area h-full">
        <PlainPage {...(isUnreadable ? unreadable : { file })} />
      </div>
    )
  }
  return (
    <Suspense fallback={null}>
      <Part
        {...props}
        siblings={siblings}
        onShow={(other) => onShow(files.findIndex((one) => one && readViewed(one) === other))}
        onUnreadable={(reason, ways) => setUnreadable({ file, reason, ways })}
      />
    </Suspense>
  )
}

/** Which server this is says where links are read; it is known before the first folder, nearly always. */
function useKnownServer(): boolean {
  const [isKnown, setIsKnown] = useState(serverDescription.getSnapshot() !== null)
  useEffect(() => {
    void serverDescription.read().then(() => setIsKnown(true))
  }, [])
  return isKnown
}

/** Where in the folder the file is, and the way to others, which may have to be loaded first. */
function useSteps({ name, files, isSized, onMissing, onView }: ViewerProps) {
  const [key, setKey] = useState<string | null>(null)
  const [awaited, setAwaited] = useState<number | null>(null)
  const at = findPosition(files, name, key)
  const missing = at < 0 ? null : findMissing(files, at, isSized)
  // biome-ignore lint/correctness/useExhaustiveDependencies: anew whenever a page has come
  useEffect(() => {
    if (missing !== null) onMissing(missing)
  }, [missing, files])

  function show(index: number) {
    const file = files[index]
    if (!file) return
    setAwaited(null)
    setKey(file.key)
    onView(file.name)
    tell(`${visibleName(file.name)}, ${describePosition(index, files.length, isSized)}`)
  }

  function step(index: number) {
    if (index < 0 || index === at || (index >= files.length && isSized)) return
    if (files[index]) return show(index)
    setAwaited(index)
    onMissing(index)
    tell('Loading…')
  }

  const isThere = awaited !== null && files[awaited] !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the file is there, and only then
  useEffect(() => {
    if (isThere) show(awaited)
  }, [isThere])
  return { at, step, hasStepped: key !== null }
}

/** The panel at the side closes itself. */
function isInPanel(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('aside') !== null
}

/** Not where one types, nor what floats over the dialog: that is drawn elsewhere, but its events come through. */
function isForViewer(event: KeyboardEvent): boolean {
  const isInside = event.target instanceof Node && event.currentTarget.contains(event.target)
  return isInside && !event.defaultPrevented && !isTypedIn(event.target) && !isOfControl(event)
}

/** Buttons, sliders and what scrolls have keys of their own. */
function isOfControl({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false
  if (key === 'Enter' || key === ' ') return target.matches('button, a, summary, [role=button]')
  const isMove = /^(Arrow|Page|Home|End)/.test(key)
  return isMove && target.matches('select, [role=slider], [role=tab], [data-own-keys]')
}

function toggleFullscreen(element: HTMLElement | null): void {
  // Refused where the browser has none, as on phones: it stays as it is.
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => {})
  else void element?.requestFullscreen?.().catch(() => {})
}
