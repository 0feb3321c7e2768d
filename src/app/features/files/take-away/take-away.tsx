import { Suspense, useState } from 'react'
import { currentContext, type Target, useAbilities } from '#app/actions/action-context.ts'
import type { Access } from '#app/api/http/api-key-text.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import type { FolderPath } from '#contract/folder-path.ts'

/** What is to be taken along. */
export type Asked = {
  what: 'zip' | 'links'
  targets: readonly Target[]
  folder: FolderPath
  /** All files of the folder are meant, those that are not loaded as well. */
  isWhole: boolean
}

const ZipDialog = lazyPart(async () => (await import('./zip-dialog.tsx')).ZipDialog, {
  floats: true,
})
const LinksDialog = lazyPart(async () => (await import('./links-dialog.tsx')).LinksDialog, {
  floats: true,
})

/** Lends the actions what takes files along; each dialog comes with its first use. */
export function TakeAway({
  client,
  access,
  folder,
}: {
  client: ApiClient
  access: Access
  /** The one that is shown; null for none. */
  folder: FolderPath | null
}) {
  const [asked, setAsked] = useState<Asked | null>(null)
  useAbilities(
    access.canBrowse && folder !== null
      ? {
          takeAway(what, targets) {
            const isWhole = currentContext().wholeSelection?.()?.targets === targets
            setAsked({ what, targets, folder, isWhole })
          },
        }
      : {},
  )
  if (asked === null) return null
  const shared = { asked, onClose: () => setAsked(null) }
  return (
    <Suspense fallback={null}>
      {asked.what === 'zip' ? (
        <ZipDialog {...shared} client={client} />
      ) : (
        <LinksDialog {...shared} />
      )}
    </Suspense>
  )
}
