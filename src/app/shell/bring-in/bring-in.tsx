import { Suspense, useEffect, useState } from 'react'
import { usePathname } from 'wouter/use-browser-location'
import { currentContext } from '#app/actions/action-context.ts'
import { accessFromScopes } from '#app/api/http/api-key-text.ts'
import { tabStorage } from '#app/lib/browser/storage.ts'
import { count } from '#app/lib/format.ts'
import { createStore, useSelected, useSnapshot } from '#app/lib/store.ts'
import type { AppStores } from '#app/shell/state/app-stores.ts'
import { importHref, sentName } from '#app/shell/state/folder-href.ts'
import type { TransfersView } from '#app/shell/state/use-transfers-view.ts'
import { announce } from '#app/ui/announcer.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import { DropTarget } from './drop-target.tsx'
import type { HeldTransfer } from './hold-transfer.ts'

const ImportDialog = lazyPart(
  async () => (await import('#app/features/imports/dialog/import-dialog.tsx')).ImportDialog,
  { floats: true },
)

const BeforeSending = lazyPart(
  async () => (await import('#app/features/uploads/before/before-sending.tsx')).BeforeSending,
  { floats: true },
)

const ImportFolderPicker = lazyPart(
  async () => (await import('./import-folder-picker.tsx')).ImportFolderPicker,
  { floats: true },
)

const ImportSubscribe = lazyPart(
  async () => (await import('./import-subscribe.tsx')).ImportSubscribe,
)

const SentHere = lazyPart(async () => (await import('./sent-here.tsx')).SentHere, {
  floats: true,
})

export const notLoaded =
  'The part of this page that reads it could not be loaded. Check the connection and try again.'

/** Of queues that are not loaded. */
const nothing = createStore({ coming: null, question: null })

export type BringInProps = {
  parts: AppStores
  /** The folder last shown: where things go, whichever screen is shown now. */
  folder: FolderPath
  /** Whether the transfers are in sight; else words say what began. */
  showsTransfers: boolean
  transfers: TransfersView
}

/** Takes what is dropped or pasted on any screen, and holds the import dialog: both outlive each of them. */
export function BringIn({ parts, folder, showsTransfers, transfers }: BringInProps) {
  const session = useSnapshot(parts.session)
  const { isOpen } = useSnapshot(parts.importDraft)
  const [wasOpened, setWasOpened] = useState(isOpen)
  if (isOpen && !wasOpened) setWasOpened(true)
  const queues = useSnapshot(parts.transfers)
  const before = useSelected(
    queues?.bringing ?? nothing,
    ({ coming, question }) => coming ?? question,
  )
  useEffect(() => {
    if (wasOpened) parts.transfers.load().catch(() => announce(notLoaded))
  }, [wasOpened, parts])
  const access = accessFromScopes(session?.me.key.scopes ?? [])

  const isSentHere = usePathname() === importHref
  const [takesSent, setTakesSent] = useState(() => tabStorage.get(sentName) !== null)
  if (isSentHere && !takesSent) setTakesSent(true)

  const tellStart = (words: string) => showsTransfers || announce(words)
  const take = async (held: HeldTransfer) => {
    if (currentContext().pasteRows?.(held.text)) return
    if (!session) return announce('Connect with a key first, then bring it in again.')
    const [{ takeTransfer }, { bringing }] = await Promise.all([
      import('./read-transfer.ts'),
      parts.transfers.load(),
    ])
    await takeTransfer(held, {
      folder,
      access,
      readsLists: parts.importDraft.getSnapshot().isOpen,
      // Reading takes a while, and somebody else may sit here then.
      isSameAccount: () => parts.session.getSnapshot()?.me.username === session.me.username,
      onLinks: parts.importDraft.add,
      onUploads(uploads, words) {
        void bringing.bring(uploads)
        transfers.show('uploads')
        tellStart(words)
      },
    })
  }
  return (
    <>
      <DropTarget
        folder={folder}
        isConnected={session !== null}
        canUpload={access.canUpload}
        canImport={access.canImport}
        onTransfer={(held) => take(held).catch(() => announce(notLoaded))}
      />
      {takesSent && (
        <Suspense fallback={null}>
          <SentHere
            {...{ folder, access }}
            queries={session?.queries ?? null}
            onLinks={parts.importDraft.add}
            onUploads={async (uploads) => {
              const { bringing } = await parts.transfers.load()
              void bringing.bring(uploads)
              transfers.show('uploads')
            }}
            onEnd={() => setTakesSent(false)}
          />
        </Suspense>
      )}
      {queues && before && (
        <Suspense fallback={null}>
          <BeforeSending bringing={queues.bringing} />
        </Suspense>
      )}
      {session && wasOpened && queues && (
        <Suspense fallback={null}>
          <ImportDialog
            client={session.client}
            draft={parts.importDraft}
            folder={folder}
            canImport={access.canImport}
            folderPicker={
              access.canBrowse
                ? (how) => (
                    <Suspense fallback={null}>
                      <ImportFolderPicker {...how} queries={session.queries} />
                    </Suspense>
                  )
                : null
            }
            subscribe={(list, onLeave) => (
              <Suspense fallback={null}>
                <ImportSubscribe {...{ session, list, onLeave }} />
              </Suspense>
            )}
            met={() => queues.imports.met()}
            estimateMs={session.gate.estimateMs}
            onStart={(imports) => {
              queues.imports.add(imports)
              transfers.show('imports')
              tellStart(`${count(imports.length, 'import')} started`)
            }}
          />
        </Suspense>
      )}
    </>
  )
}
