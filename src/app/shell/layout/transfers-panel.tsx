import clsx from 'clsx'
import { ChevronDown, ChevronUp } from 'lucide-react'
import { Suspense, useEffect, useState } from 'react'
import type { Access } from '#app/api/http/api-key-text.ts'
import { browserStorage } from '#app/lib/browser/storage.ts'
import { useMediaQuery } from '#app/lib/browser/use-media-query.ts'
import { useSelected, useSnapshot } from '#app/lib/store.ts'
import { notLoaded } from '#app/shell/bring-in/bring-in.tsx'
import type { AppStores } from '#app/shell/state/app-stores.ts'
import type { TransfersView } from '#app/shell/state/use-transfers-view.ts'
import { announce } from '#app/ui/announcer.tsx'
import { IconButton } from '#app/ui/button.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { Tabs } from '#app/ui/tabs.tsx'

const UploadList = lazyPart(
  async () => (await import('#app/features/uploads/view/upload-list.tsx')).UploadList,
)
const ImportList = lazyPart(
  async () => (await import('#app/features/imports/view/import-list.tsx')).ImportList,
)

// Without it the panel keeps its height: nothing to say.
const PanelEdge = lazyPart(async () => (await import('./panel-edge.tsx')).PanelEdge, {
  first: true,
  otherwise: () => null,
})

export type TransfersPanelProps = {
  parts: Pick<AppStores, 'transfers'>
  access: Access
  view: TransfersView
  onOpenFolder: (path: string) => void
}

/** The region `Transfers`: a bar with what is under way, and its rows; a sheet on narrow screens. */
export function TransfersPanel({ parts, access, view, onOpenFolder }: TransfersPanelProps) {
  const isNarrow = useMediaQuery('(width < 48rem), (height < 30rem)')
  const queues = useSnapshot(parts.transfers)
  const uploads = useSelected(queues?.uploads ?? noRows, ({ totals }) => totals)
  const imports = useSelected(queues?.imports ?? noRows, ({ totals }) => totals)
  const [height, setHeight] = useState(readHeight)
  const { isOpen, setIsOpen, tab } = view
  useEffect(() => {
    if (isOpen) parts.transfers.load().catch(() => announce(notLoaded))
  }, [isOpen, parts])
  const isSheet = isNarrow && isOpen
  return (
    <>
      {isSheet && (
        <div
          aria-hidden="true"
          onClick={() => setIsOpen(false)}
          className="fixed inset-0 z-20 animate-appear bg-veil"
        />
      )}
      <section
        aria-label="Transfers"
        style={isOpen && !isNarrow ? { height } : undefined}
        className={clsx(
          'relative flex shrink-0 flex-col border-line border-t bg-canvas',
          isSheet &&
            '!fixed inset-x-0 bottom-0 z-30 h-[70dvh] animate-rise rounded-t-xl bg-raised shadow-float',
        )}
      >
        {isOpen && !isNarrow && (
          <Suspense fallback={null}>
            <PanelEdge
              height={height}
              least={leastHeight}
              onResize={(next) => {
                setHeight(next)
                browserStorage.set(storedAs, String(next))
              }}
            />
          </Suspense>
        )}
        <Tabs
          label="Transfers"
          value={tab}
          onChange={view.show}
          start={<h2 className="mr-3 ml-1 font-semibold text-sm max-sm:sr-only">Transfers</h2>}
          isCollapsed={!isOpen}
          tabs={[
            {
              value: 'uploads',
              label: 'Uploads',
              count: uploads.unfinished + uploads.interrupted,
              content: isOpen && queues && (
                <Suspense fallback={null}>
                  <UploadList
                    queue={queues.uploads}
                    canUpload={access.canUpload}
                    onOpenFolder={onOpenFolder}
                    notice={queues.notice}
                  />
                </Suspense>
              ),
            },
            {
              value: 'imports',
              label: 'Imports',
              count: imports.unfinished,
              content: isOpen && queues && (
                <Suspense fallback={null}>
                  <ImportList
                    queue={queues.imports}
                    canImport={access.canImport}
                    onOpenFolder={onOpenFolder}
                    notice={queues.notice}
                  />
                </Suspense>
              ),
            },
          ]}
          end={
            <IconButton
              label={isOpen ? 'Hide transfers' : 'Show transfers'}
              icon={isOpen ? <ChevronDown /> : <ChevronUp />}
              size="small"
              aria-expanded={isOpen}
              onClick={() => setIsOpen(!isOpen)}
            />
          }
        />
      </section>
    </>
  )
}

/** Of a queue that is not loaded. */
const noRows = {
  subscribe: () => () => {},
  getSnapshot: () => empty,
}
const empty = { totals: { unfinished: 0, interrupted: 0 } }

/** px */
const leastHeight = 120
const storedAs = 'barkeep.transfers-height'

function readHeight(): number {
  const usual = 232
  const stored = Number(browserStorage.get(storedAs))
  return stored >= leastHeight && stored <= window.innerHeight ? stored : usual
}
