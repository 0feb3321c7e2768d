import { AccountMenu } from '#app/features/account/account-menu.tsx'
import { RateMeter } from '#app/features/account/rate/rate-meter.tsx'
import { FolderTree } from '#app/features/files/tree/folder-tree.tsx'
import type { Session } from '#app/shell/state/app-stores.ts'
import { apiKeysHref } from '#app/shell/state/folder-href.ts'
import { useTheme } from '#app/shell/state/theme.ts'
import type { FolderPath } from '#contract/folder-path.ts'

export type SidebarProps = {
  session: Session
  folder: FolderPath
  canBrowse: boolean
  onOpenFolder: (folder: FolderPath) => void
}

/** The column at the left: the folders, what is left of the rate limit, and whose key this is. */
export function Sidebar({ session, folder, canBrowse, onOpenFolder }: SidebarProps) {
  const [theme, setTheme] = useTheme()
  return (
    <>
      <div className="flex h-13 shrink-0 items-center gap-2.5 px-4 font-semibold">
        <img src="/icon.svg" alt="" width="22" height="22" />
        Barkeep
      </div>
      <div className="min-h-0 grow">
        {canBrowse && (
          <FolderTree
            folder={folder}
            queries={session.queries}
            memory={session.memory}
            onOpenFolder={onOpenFolder}
          />
        )}
      </div>
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
