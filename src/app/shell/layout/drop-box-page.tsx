import { FileUp, KeyRound } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { type Access, missingScope } from '#app/api/http/api-key-text.ts'
import type { ImportDraftStore } from '#app/features/imports/dialog/import-draft.ts'
import { findLinks, handleLinkPaste } from '#app/features/imports/links/find-links.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import type { Scope } from '#contract/api-keys.ts'

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

/** The links of the import dialog in sight, for a key that can do little else than import them. */
function LinkBox({ draft }: { draft: ImportDraftStore }) {
  const { text } = useSnapshot(draft)
  const [rule, setRule] = useState<string | null>(null)

  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    const hasLinks = findLinks(text).length > 0
    setRule(hasLinks ? null : 'There is no link in this: one starts with https:// or http://.')
    if (hasLinks) draft.open()
  }

  return (
    <form noValidate onSubmit={handleSubmit} className="flex flex-col gap-3">
      <TextField
        label="What to import"
        rows={4}
        value={text}
        onChange={(next) => {
          draft.type(next)
          setRule(null)
        }}
        onPaste={handleLinkPaste}
        data-takes-links
        error={rule}
        description="Links to files or to video pages, in any text."
        placeholder="https://"
        spellCheck={false}
      />
      <Button type="submit" className="self-start">
        Import these
      </Button>
    </form>
  )
}

type ScopeNoticeProps = {
  /** What the key lacks, e.g. `read`. */
  scope: Scope
  /** `page` fills a part of the screen, `line` stands beside other words. */
  appearance?: 'page' | 'line'
}

/** Stands where a part of the screen would be that the key's scopes forbid, and says why. */
function ScopeNotice({ scope, appearance = 'page' }: ScopeNoticeProps) {
  const { title, reason } = missingScope[scope]
  if (appearance === 'line') return <p className="text-muted text-sm">{reason}</p>
  return (
    <EmptyState icon={<KeyRound />} title={title}>
      {reason}
    </EmptyState>
  )
}
