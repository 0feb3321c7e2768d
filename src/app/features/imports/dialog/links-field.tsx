import { handleLinkPaste, type LinkText } from '#app/features/imports/links/find-links.ts'
import { plural } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { TextField } from '#app/ui/text-field.tsx'

type LinksFieldProps = {
  text: string
  found: LinkText
  onChange: (text: string) => void
  onSubmit: () => void
}

/** Takes any text that has links in it, typed or pasted, and says what of it is left out. */
export function LinksField({ text, found, onChange, onSubmit }: LinksFieldProps) {
  return (
    <TextField
      label="Links"
      rows={4}
      value={text}
      onChange={onChange}
      autoFocus
      // More links go below those that were typed before.
      ref={putCaretAtEnd}
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      placeholder="https://…"
      description={describeText(text, found)}
      error={whatIsWrong(text, found)}
      data-takes-links
      onPaste={handleLinkPaste}
      onKeyDown={(event) => {
        // Enter alone makes a new line.
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
        // Closing returns the focus, and the key would press whatever has it then.
        event.preventDefault()
        onSubmit()
      }}
    />
  )
}

function putCaretAtEnd(field: HTMLTextAreaElement | null): void {
  field?.setSelectionRange(field.value.length, field.value.length)
}

function describeText(text: string, { otherLines }: LinkText): string | undefined {
  if (text.trim() === '') return 'To files or to video pages: any text with links in it.'
  if (otherLines === 0) return undefined
  return `${plural(otherLines, { one: '# line has', other: '# lines have' })} no link, and ${otherLines === 1 ? 'is' : 'are'} left out.`
}

function whatIsWrong(text: string, { links, tooLong }: LinkText): string | undefined {
  const [first] = tooLong
  if (first !== undefined) {
    const lines = plural(tooLong.length, { one: 'A link is', other: '# links are' })
    return `${lines} longer than 8,192 characters, and left out: ${visibleName(first)}`
  }
  const isDone = /\s$/.test(text) || text.trim().length > 12
  return links.length === 0 && text.trim() !== '' && isDone
    ? 'There is no link in it that starts with http:// or https://.'
    : undefined
}
