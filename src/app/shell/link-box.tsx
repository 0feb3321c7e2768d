import { type FormEvent, useState } from 'react'
import { findLinks } from '#app/features/imports/find-links.ts'
import { Button } from '#app/ui/button.tsx'
import { TextField } from '#app/ui/text-field.tsx'

/** A field for links in sight, for a key that can do little else than import them. */
export function LinkBox({ onLinks }: { onLinks: (links: string[]) => void }) {
  const [text, setText] = useState('')
  const [rule, setRule] = useState<string | null>(null)

  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    const links = findLinks(text)
    setRule(
      links.length === 0 ? 'There is no link in this: one starts with https:// or http://.' : null,
    )
    if (links.length === 0) return
    onLinks(links)
    setText('')
  }

  return (
    <form noValidate onSubmit={handleSubmit} className="flex flex-col gap-3">
      <TextField
        label="What to import"
        rows={4}
        value={text}
        onChange={(next) => {
          setText(next)
          setRule(null)
        }}
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
