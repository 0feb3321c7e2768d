import type { RefusedLine } from '#app/features/imports/links/find-links.ts'
import { handleLinkPaste } from '#app/features/imports/links/find-links.ts'
import { formatNumber, plural } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { TextField } from '#app/ui/text-field.tsx'

type LinksFieldProps = {
  text: string
  count: number
  refused: readonly RefusedLine[]
  onChange: (text: string) => void
  onSubmit: () => void
}

const mostNamed = 3

/** Where links are typed or pasted, with what was understood of them. */
export function LinksField({ text, count, refused, onChange, onSubmit }: LinksFieldProps) {
  return (
    <TextField
      label="Links"
      rows={4}
      value={text}
      onChange={onChange}
      autoFocus
      // What is there was typed before: more goes below it, not above.
      ref={putCaretAtEnd}
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      placeholder="https://…"
      description={
        text.trim() === ''
          ? 'To files or to video pages, one or many.'
          : `${plural(count, { one: '# link', other: '# links' })} to import.`
      }
      error={refused.length > 0 ? <RefusedLines refused={refused} /> : undefined}
      data-takes-links
      onPaste={handleLinkPaste}
      onKeyDown={(event) => {
        // Enter makes a new line here.
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
        // Closing gives the focus back, and the key would press what has it then.
        event.preventDefault()
        onSubmit()
      }}
    />
  )
}

function putCaretAtEnd(field: HTMLTextAreaElement | null): void {
  field?.setSelectionRange(field.value.length, field.value.length)
}

function RefusedLines({ refused }: { refused: readonly RefusedLine[] }) {
  const more = refused.length - mostNamed
  return (
    <>
      {refused.slice(0, mostNamed).map(({ number, text, reason }) => (
        <span key={number} className="wrap-anywhere block">
          Line {number} {reason}: {visibleName(text)}
        </span>
      ))}
      {more > 0 && <span className="block">And {formatNumber(more)} more lines.</span>}
    </>
  )
}
