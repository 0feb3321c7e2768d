import type { ReactNode } from 'react'
import type { Access } from '#app/features/account/access-from-scopes.ts'
import { ScopeNotice } from '#app/features/account/scope-notice.tsx'

/** The page of a key that may not look at files: things can only be brought in. */
export function DropBoxPage({
  access,
  start,
  actions,
}: {
  access: Access
  start: ReactNode
  actions: ReactNode
}) {
  return (
    <main className="flex min-h-0 grow flex-col">
      <header className="flex min-h-13 shrink-0 items-center gap-3 border-line border-b px-3 py-2">
        {start}
        <h1 className="min-w-0 grow truncate font-semibold">{titleOf(access)}</h1>
        {actions}
      </header>
      <div className="scroll-area flex min-h-0 grow flex-col items-center justify-center">
        <ScopeNotice scope="read" />
      </div>
    </main>
  )
}

function titleOf({ canUpload, canImport }: Access): string {
  if (canUpload && canImport) return 'Drop files or links'
  if (canUpload) return 'Drop files'
  return canImport ? 'Drop links' : 'Nothing to do with this key'
}
