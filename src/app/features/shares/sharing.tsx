import { Suspense, useState } from 'react'
import { currentContext, type Target, useAbilities } from '#app/actions/action-context.ts'
import type { Access } from '#app/api/http/api-key-text.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { type FolderPath, folderName } from '#contract/folder-path.ts'
import type { ShareKind } from '#contract/shares.ts'

/** What a link is asked for. */
export type AskedShare = {
  kind: ShareKind
  /** One folder, or what is selected in `folder`. */
  what: { path: FolderPath } | { items: string[] }
  /** What it is called on the screen. */
  name: string
}

const ShareDialog = lazyPart(async () => (await import('./share-dialog.tsx')).ShareDialog, {
  floats: true,
})

/** Lends the actions what makes links for others; the dialog comes with the first of them. */
export function Sharing({
  client,
  access,
  folder,
  sharesHref,
}: {
  client: ApiClient
  access: Access
  /** The one that is shown; null for none. */
  folder: FolderPath | null
  /** Where the links are listed. */
  sharesHref: string
}) {
  const [asked, setAsked] = useState<AskedShare | null>(null)
  const isOffered = access.canShare && access.canBrowse && folder !== null
  useAbilities(
    isOffered ? { share: (kind, targets) => setAsked(askedFor(kind, targets, folder)) } : {},
  )
  return (
    asked && (
      <Suspense fallback={null}>
        <ShareDialog
          asked={asked}
          client={client}
          sharesHref={sharesHref}
          onClose={() => setAsked(null)}
        />
      </Suspense>
    )
  )
}

/** Without targets, and where all of the folder is selected, the folder itself is meant. */
function askedFor(kind: ShareKind, targets: readonly Target[], folder: FolderPath): AskedShare {
  const [first, ...others] = targets
  const isWhole = currentContext().wholeSelection?.()?.targets === targets
  if (!first || isWhole) {
    return { kind, what: { path: folder }, name: folderName(folder) || 'All files' }
  }
  if (first.kind === 'folder' && others.length === 0) {
    return { kind, what: { path: first.path }, name: first.name }
  }
  const items = targets.map((one) => (one.kind === 'folder' ? one.path : folder + one.name))
  const name = others.length === 0 ? first.name : `${first.name} and ${others.length} more`
  return { kind, what: { items }, name }
}
