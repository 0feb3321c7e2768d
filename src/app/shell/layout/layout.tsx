import clsx from 'clsx'
import { Menu, RefreshCw, Trash2 } from 'lucide-react'
import { type ReactNode, Suspense, useState } from 'react'
import { navigate } from 'wouter/use-browser-location'
import { actionItem } from '#app/actions/registry.ts'
import { shortcutText } from '#app/actions/shortcut-text.ts'
import type { Access } from '#app/api/http/api-key-text.ts'
import { AccountMenu } from '#app/features/account/account-menu.tsx'
import { RateMeter } from '#app/features/account/rate/rate-meter.tsx'
import { FolderTree } from '#app/features/files/tree/folder-tree.tsx'
import { hasSubscriptions } from '#app/features/subscriptions/known-subscriptions.ts'
import { useMediaQuery } from '#app/lib/browser/use-media-query.ts'
import type { Session } from '#app/shell/state/app-stores.ts'
import { apiKeysHref, subscriptionsHref, trashHref } from '#app/shell/state/folder-href.ts'
import { useTheme } from '#app/shell/state/theme.ts'
import { IconButton } from '#app/ui/button.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import type { FolderPath } from '#contract/folder-path.ts'

const Drawer = lazyPart(async () => (await import('#app/ui/overlay/drawer.tsx')).Drawer, {
  floats: true,
})

/**
 * The frame: a column at the left, the page, and what is below it. On narrow screens the column is a
 * drawer, and the page gets the button that opens it.
 */
export function Layout({
  sidebar,
  page,
  bottom,
  notice,
  place,
  meter,
}: {
  sidebar: ReactNode
  page: (start: ReactNode) => ReactNode
  bottom: ReactNode
  /** A line above everything; null as a rule. */
  notice: ReactNode
  /** Where the page is: going elsewhere closes the drawer. */
  place: string
  /** What the column shows of the rate limit, small: for the page's head while the column is a drawer. */
  meter: ReactNode
}) {
  const isNarrow = useMediaQuery('(width < 48rem)')
  const [openFor, setOpenFor] = useState<string | null>(null)
  const opener = (
    <>
      <IconButton
        label="Folders and account"
        icon={<Menu />}
        aria-haspopup="dialog"
        onClick={() => setOpenFor(place)}
        className="-ml-1"
      />
      <PaletteButton />
      {/* The narrowest short screens have it in the drawer alone. */}
      <div className="order-last ml-auto max-[30rem]:short:hidden">{meter}</div>
    </>
  )
  return (
    <div className="flex h-full flex-col">
      {notice}
      <div className="flex min-h-0 grow">
        {isNarrow ? (
          openFor !== null && (
            <Suspense fallback={null}>
              <Drawer
                label="Folders and account"
                isOpen={openFor === place}
                onOpenChange={(isOpen) => setOpenFor(isOpen ? place : null)}
              >
                {sidebar}
              </Drawer>
            </Suspense>
          )
        ) : (
          <aside
            aria-label="Folders and account"
            className="flex w-64 shrink-0 flex-col border-line border-r bg-sunken"
          >
            {sidebar}
          </aside>
        )}
        <div className="flex min-h-0 min-w-0 grow flex-col">
          {page(isNarrow ? opener : null)}
          {bottom}
        </div>
      </div>
    </div>
  )
}

/** For mouse and finger; the key for it is in its tooltip. */
function PaletteButton() {
  const { label, icon, shortcut, onSelect } = actionItem('palette')
  return (
    <IconButton
      label={label}
      tooltip={`Find anything: ${shortcutText(shortcut ?? '')[0]}`}
      icon={icon}
      aria-haspopup="dialog"
      aria-keyshortcuts={shortcut ?? undefined}
      onClick={onSelect}
    />
  )
}

const CannotManage = lazyPart(async () => (await import('./cannot-manage.tsx')).CannotManage, {
  first: true,
})

type SidebarLinkProps = { href: string; isHere: boolean; children: ReactNode }

function SidebarLink({ href, isHere, children }: SidebarLinkProps) {
  return (
    <a
      href={href}
      aria-current={isHere ? 'page' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        navigate(href)
      }}
      className={clsx(
        'mx-2 mb-1 flex h-8 touch-target shrink-0 items-center gap-2 rounded-md px-8',
        isHere ? 'bg-pressed font-medium' : 'text-muted hover:bg-hover hover:text-ink',
      )}
    >
      {children}
    </a>
  )
}

export type SidebarProps = {
  session: Session
  folder: FolderPath
  isTrash: boolean
  access: Access
  /** What the server can do; undefined while that is not known. */
  additions: readonly string[] | undefined
  onOpenFolder: (folder: FolderPath) => void
}

/** The column at the left: the folders, what is left of the rate limit, and whose key this is. */
export function Sidebar(props: SidebarProps) {
  const { session, folder, isTrash, access, additions, onOpenFolder } = props
  const [theme, setTheme] = useTheme()
  return (
    <>
      <div className="flex h-13 shrink-0 items-center gap-2.5 px-4 font-semibold">
        <img src="/icon.svg" alt="" width="22" height="22" />
        Barkeep
        {/* The drawer of narrow screens needs none: the page's head has it. */}
        <div className="-mr-2 ml-auto max-md:hidden">
          <PaletteButton />
        </div>
      </div>
      <div className="min-h-0 grow">
        {access.canBrowse && (
          <FolderTree
            folder={folder}
            isShown={!isTrash}
            queries={session.queries}
            viewState={session.viewState}
            onOpenFolder={onOpenFolder}
          />
        )}
      </div>
      {additions?.includes('subscriptions') && hasSubscriptions(session.me.username) && (
        <SidebarLink href={subscriptionsHref} isHere={false}>
          <RefreshCw aria-hidden="true" className="size-4" />
          Subscriptions
        </SidebarLink>
      )}
      {access.canBrowse && access.canManage && (
        <SidebarLink href={trashHref} isHere={isTrash}>
          <Trash2 aria-hidden="true" className="size-4" />
          Trash
        </SidebarLink>
      )}
      {access.canBrowse && additions && !access.canManage && (
        <Suspense fallback={null}>
          <CannotManage canServer={additions.includes('manage')} />
        </Suspense>
      )}
      <div className="shrink-0 border-line border-t px-4 pt-3 pb-1">
        <RateMeter gate={session.gate} />
      </div>
      <div className="shrink-0 px-2 pb-2">
        <AccountMenu
          me={session.me}
          theme={theme}
          apiKeysHref={apiKeysHref}
          onThemeChange={setTheme}
        />
      </div>
    </>
  )
}
