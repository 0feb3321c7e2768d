import { type FormEvent, useState, useSyncExternalStore } from 'react'
import { findLinks } from '#app/features/imports/find-links.ts'
import type { ImportDraftStore } from '#app/features/imports/import-draft.ts'
import { handleLinkPaste } from '#app/features/imports/paste-links.ts'
import { Button } from '#app/ui/button.tsx'
import { TextField } from '#app/ui/text-field.tsx'

/** The links of the import dialog in sight, for a key that can do little else than import them. */
export function LinkBox({ draft }: { draft: ImportDraftStore }) {
  const { text } = useSyncExternalStore(draft.subscribe, draft.getSnapshot)
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
