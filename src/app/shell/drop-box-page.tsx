import { FileUp } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Access } from '#app/features/account/access-from-scopes.ts'
import { ScopeNotice } from '#app/features/account/scope-notice.tsx'
import type { ImportDraftStore } from '#app/features/imports/import-draft.ts'
import { LinkBox } from './link-box.tsx'

/** The page of a key that may not look at files: things can only be brought in. */
export function DropBoxPage({
  access,
  start,
  actions,
  draft,
}: {
  access: Access
  start: ReactNode
  actions: ReactNode
  /** What the link box and the import dialog hold. */
  draft: ImportDraftStore
}) {
  const isUseful = access.canUpload || access.canImport
  return (
    <main className="flex min-h-0 grow flex-col">
      <header className="flex min-h-13 shrink-0 items-center gap-3 border-line border-b px-3 py-2 max-md:flex-wrap md:pl-4">
        {start}
        <h1 className="min-w-0 grow truncate font-semibold max-md:grow-0">{titleOf(access)}</h1>
        <div className="max-md:order-last max-md:basis-full">{actions}</div>
      </header>
      <div className="scroll-area min-h-0 grow px-4 py-6">
        <div className="mx-auto flex min-h-full max-w-xl flex-col justify-center gap-6">
          {access.canUpload && <DropBox />}
          {access.canImport && <LinkBox draft={draft} />}
          {isUseful ? <MissingScopes access={access} /> : <ScopeNotice scope="read" />}
        </div>
      </div>
    </main>
  )
}

/** In words on the page, because a finger finds no tooltips. */
function MissingScopes({ access }: { access: Access }) {
  return (
    <div>
      {!access.canUpload && <ScopeNotice scope="upload" appearance="line" />}
      {!access.canImport && <ScopeNotice scope="import" appearance="line" />}
      <ScopeNotice scope="read" appearance="line" />
    </div>
  )
}

/** The whole page takes files; this shows where the eye looks for it. */
function DropBox() {
  return (
    <div className="flex flex-col items-center gap-1 rounded-xl border-2 border-edge/50 border-dashed px-6 py-10 text-center">
      <FileUp aria-hidden="true" className="mb-2 size-8 stroke-[1.5] text-faint" />
      <p className="font-medium">Drop files here</p>
      <p className="text-muted text-sm">or choose them with “Upload” above</p>
    </div>
  )
}

function titleOf({ canUpload, canImport }: Access): string {
  if (canUpload && canImport) return 'Drop files or links'
  if (canUpload) return 'Drop files'
  return canImport ? 'Drop links' : 'Nothing to do with this key'
}
