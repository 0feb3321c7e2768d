import { Download } from 'lucide-react'
import { useEffect } from 'react'
import { navigate, usePathname, useSearch } from 'wouter/use-browser-location'
import { currentContext, type Target, useAbilities } from '#app/actions/action-context.ts'
import { useActionKeys } from '#app/actions/action-keys.ts'
import { refreshFolder } from '#app/api/cache/queries.ts'
import { accessFromScopes } from '#app/api/http/api-key-text.ts'
import { FilesPage } from '#app/features/files/files-page.tsx'
import { TakeAway } from '#app/features/files/take-away/take-away.tsx'
import { VisitHead } from '#app/features/shares/visit/visit-screens.tsx'
import { byLine } from '#app/features/shares/visit/visit-text.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { type FolderPath, folderName } from '#contract/folder-path.ts'
import { guestFolder, guestHref, viewedName } from './guest-address.ts'
import type { GuestSession, Visit } from './visit.ts'

const Viewer = lazyPart(
  async () => (await import('#app/features/viewer/shell/viewer.tsx')).Viewer,
  { floats: true },
)
const Details = lazyPart(
  async () => (await import('#app/features/viewer/details/details-panel.tsx')).FolderDetails,
)

/** The page of a link that shows a folder or a selection: its list, to look at and to download. */
export function SharedPage({ visit, session }: { visit: Visit; session: GuestSession }) {
  const { me, queries, viewState } = session
  const folder = guestFolder(usePathname())
  const viewed = viewedName(useSearch())
  useActionKeys()
  useRefusedDrops()
  useAbilities({ scopes: me.key.scopes })
  const title = me.share?.name ?? me.key.name
  const access = accessFromScopes(me.key.scopes)
  return (
    <div className="flex h-full flex-col">
      <title>{`${visibleName(viewed ?? title)} – Barkeep`}</title>
      <VisitHead title={title} line={byLine('Shared by', me.username, me.key.expires_at)} />
      <TakeAway client={session.client} access={access} folder={folder} />
      <FilesPage
        folder={folder}
        rootName={title}
        queries={queries}
        viewState={viewState}
        hrefOf={(path, name) => guestHref(path, name === undefined ? '' : queryOf('open', name))}
        opened={null}
        viewing={{
          Viewer,
          Details,
          name: viewed,
          onView: (name) => view(folder, name, viewed !== null),
          onClose: () => closeView(folder),
        }}
        onOpenFolder={(path) => navigate(guestHref(path))}
        onRefresh={() => refreshFolder({ queryClient: visit.queryClient, queries }, folder)}
        actions={
          <Button
            icon={<Download />}
            onClick={() => currentContext().takeAway?.('zip', [allOf(folder, title)])}
          >
            Download all
          </Button>
        }
        access={access}
      />
    </div>
  )
}

/** A file that is dropped here goes nowhere; without this the browser would open it and leave the page. */
function useRefusedDrops(): void {
  useEffect(() => {
    const ending = new AbortController()
    const refuse = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      event.dataTransfer.dropEffect = 'none'
    }
    document.addEventListener('dragover', refuse, ending)
    document.addEventListener('drop', refuse, ending)
    return () => ending.abort()
  }, [])
}

/** The folder that is shown, as what is to be downloaded. */
function allOf(path: FolderPath, title: string): Target {
  return { kind: 'folder', key: path, name: folderName(path) || title, path }
}

function queryOf(how: 'open' | 'view', name: string): string {
  return `?${how}=${encodeURIComponent(name.toWellFormed())}`
}

/** Opening a file is one step of the history, stepping to others is none. */
function view(folder: FolderPath, name: string, isOpen: boolean) {
  const state: unknown = isOpen ? history.state : { isOverList: true }
  navigate(guestHref(folder, queryOf('view', name)), { replace: isOpen, state })
}

function closeView(folder: FolderPath) {
  const state = history.state as { isOverList?: boolean } | null
  if (state?.isOverList) history.back()
  else navigate(guestHref(folder), { replace: true })
}
