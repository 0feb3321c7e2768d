import { CloudOff } from 'lucide-react'
import { Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { navigate, useHistoryState, useSearch } from 'wouter/use-browser-location'
import { useAbilities } from '#app/actions/action-context.ts'
import { accessFromScopes } from '#app/api/http/api-key-text.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import { CompactRateMeter } from '#app/features/account/rate/rate-meter.tsx'
import { FilesPage } from '#app/features/files/files-page.tsx'
import { Manage } from '#app/features/files/manage/manage.tsx'
import { TakeAway } from '#app/features/files/take-away/take-away.tsx'
import { Sharing } from '#app/features/shares/sharing.tsx'
import { useSnapshot } from '#app/lib/store.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { BringInButtons } from '#app/shell/bring-in/bring-in-buttons.tsx'
import type { AppStores, Session } from '#app/shell/state/app-stores.ts'
import {
  apiKeysHref,
  fileHref,
  folderHref,
  readOpenedName,
  viewHref,
} from '#app/shell/state/folder-href.ts'
import type { TransfersView } from '#app/shell/state/use-transfers-view.ts'
import { tell } from '#app/ui/announcer.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { fileKind } from '#contract/file-kind.ts'
import { type FolderPath, folderName, rootFolder } from '#contract/folder-path.ts'
import { Layout, Sidebar } from './layout.tsx'
import { TransfersPanel } from './transfers-panel.tsx'

const TrashPage = lazyPart(
  async () => (await import('#app/features/files/trash/trash-page.tsx')).TrashPage,
)
const CommandPalette = lazyPart(
  async () => (await import('#app/features/files/find/command-palette.tsx')).CommandPalette,
  { floats: true },
)
const Viewer = lazyPart(
  async () => (await import('#app/features/viewer/shell/viewer.tsx')).Viewer,
  {
    floats: true,
  },
)
const Details = lazyPart(
  async () => (await import('#app/features/viewer/details/details-panel.tsx')).FolderDetails,
)
const DropBoxPage = lazyPart(async () => (await import('./drop-box-page.tsx')).DropBoxPage)

export type WorkspaceProps = {
  session: Session
  parts: AppStores
  /** The one that is shown, or was last. */
  folder: FolderPath
  /** The trash is shown instead. */
  isTrash: boolean
  transfers: TransfersView
  isOnline: boolean
}

/** The signed-in screen. */
export function Workspace(props: WorkspaceProps) {
  const { session, parts, folder, isTrash, transfers, isOnline } = props
  const server = useSnapshot(serverDescription)
  const access = accessFromScopes(session.me.key.scopes, server?.additions)
  const canManage = access.canManage && access.canBrowse
  const shown = isTrash ? null : folder
  useToldFolder(folder)
  const opened = useOpened()
  const viewed = readOpenedName(useSearch(), 'view')
  const [isPaletteOpen, setIsPaletteOpen] = useState(false)
  useAbilities({
    showPalette: () => setIsPaletteOpen(true),
    ...(transfers.isOpen
      ? { hideTransfers: () => transfers.setIsOpen(false) }
      : { showTransfers: () => transfers.setIsOpen(true) }),
  })
  const bringIn = (
    <BringInButtons
      folder={folder}
      scopes={session.me.key.scopes}
      onFiles={async (files) => {
        const { bringing } = await parts.transfers.load()
        // That takes a moment, and somebody else may sit here then.
        const now = parts.session.getSnapshot()
        if (now?.me.username !== session.me.username) return
        void bringing.bring(files)
        transfers.show('uploads')
      }}
      onImport={parts.importDraft.open}
    />
  )
  return (
    <>
      <title>{`${titleOf(viewed, shown)} – Barkeep`}</title>
      {canManage && (
        <Manage
          {...session}
          queryClient={parts.queryClient}
          folder={folder}
          onOpenFolder={openFolder}
        />
      )}
      <TakeAway {...session} access={access} folder={shown} />
      <Sharing {...session} access={access} folder={shown} sharesHref={apiKeysHref} />
      {isPaletteOpen && (
        <Suspense fallback={null}>
          <CommandPalette
            queries={session.queries}
            canBrowse={access.canBrowse}
            hrefOf={hrefOf}
            onGo={navigate}
            onClose={() => setIsPaletteOpen(false)}
          />
        </Suspense>
      )}
      <Layout
        place={isTrash ? 'trash' : folder}
        meter={<CompactRateMeter gate={session.gate} />}
        notice={isOnline ? null : <OfflineNotice />}
        sidebar={
          <Sidebar
            session={session}
            folder={folder}
            isTrash={isTrash}
            access={access}
            additions={server?.additions}
            onOpenFolder={openFolder}
          />
        }
        page={(start) =>
          isTrash && canManage ? (
            <Suspense fallback={null}>
              <TrashPage {...session} queryClient={parts.queryClient} start={start} />
            </Suspense>
          ) : access.canBrowse ? (
            <FilesPage
              folder={folder}
              queries={session.queries}
              viewState={session.viewState}
              hrefOf={hrefOf}
              opened={opened}
              viewing={{
                Viewer,
                Details,
                name: viewed,
                onView: (name) => view(folder, name, viewed !== null),
                onLikely: prepareView,
                onClose: () => closeView(folder),
              }}
              onOpenFolder={openFolder}
              onRefresh={() => parts.refresh(folder)}
              start={start}
              actions={bringIn}
              access={access}
            />
          ) : (
            <DropBoxPage
              access={access}
              start={start}
              actions={bringIn}
              draft={parts.importDraft}
            />
          )
        }
        bottom={
          <TransfersPanel parts={parts} access={access} view={transfers} onOpenFolder={openPath} />
        }
      />
    </>
  )
}

function titleOf(viewed: string | null, folder: FolderPath | null): string {
  if (viewed !== null) return visibleName(viewed)
  if (folder === null) return 'Trash'
  return folder === rootFolder ? 'All files' : visibleName(folderName(folder))
}

function hrefOf(folder: FolderPath, name?: string): string {
  return name === undefined ? folderHref(folder) : fileHref(folder, name)
}

/** What the address opens beside its folder: anew with every entry of the history. */
function useOpened(): { name: string } | null {
  const search = useSearch()
  const state: unknown = useHistoryState()
  // biome-ignore lint/correctness/useExhaustiveDependencies: to go to the same file again shows it again
  return useMemo(() => {
    const name = readOpenedName(search)
    return name === null ? null : { name }
  }, [search, state])
}

function openFolder(folder: FolderPath) {
  navigate(folderHref(folder))
}

/** Loads side by side what opening this file needs, before it is drawn one in the other. */
function prepareView(name: string) {
  const kind = fileKind(name)
  const isMedia = kind === 'video' || kind === 'audio'
  const parts = [
    import('#app/features/viewer/shell/viewer.tsx'),
    isMedia && import('#app/features/viewer/media/media-view.tsx'),
    kind === 'image' && import('#app/features/viewer/images/image-view.tsx'),
  ]
  // What does not come now is asked for again, and told, when it is drawn.
  Promise.all(parts).catch(() => {})
}

/** Opening a file in the viewer is one step of the history, stepping to others in it is none. */
function view(folder: FolderPath, name: string, isOpen: boolean) {
  if (!isOpen) prepareView(name)
  const state: unknown = isOpen ? history.state : { isOverList: true }
  navigate(viewHref(folder, name), { replace: isOpen, state })
}

function closeView(folder: FolderPath) {
  const state = history.state as { isOverList?: boolean } | null
  if (state?.isOverList) history.back()
  else navigate(folderHref(folder), { replace: true })
}

/** A path as a server wrote it: read as leniently as an address is. */
function openPath(path: string) {
  const folder = path.startsWith('/') ? path : `/${path}`
  openFolder((folder.endsWith('/') ? folder : `${folder}/`) as FolderPath)
}

function OfflineNotice() {
  return (
    <p
      role="status"
      className="flex shrink-0 items-center justify-center gap-2 bg-pressed px-4 py-1.5 text-sm"
    >
      <CloudOff aria-hidden="true" className="size-4" />
      {navigator.onLine ? 'The server does not answer.' : 'You are offline.'} What waits goes on by
      itself.
    </p>
  )
}

/** Tells ears which folder was opened: nothing that they were at says so. Not the page's first one. */
function useToldFolder(folder: FolderPath): void {
  const told = useRef(folder)
  useEffect(() => {
    if (told.current === folder) return
    told.current = folder
    tell(folder === rootFolder ? 'All files' : `Folder ${visibleName(folderName(folder))}`)
  }, [folder])
}
