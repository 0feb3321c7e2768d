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

/** Takes typed or pasted links, and says how many were found and which lines have none. */
export function LinksField({ text, count, refused, onChange, onSubmit }: LinksFieldProps) {
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
      description={
        text.trim() === ''
          ? 'To files or to video pages, one or many.'
          : `${plural(count, { one: '# link', other: '# links' })} to import.`
      }
      error={refused.length > 0 ? <RefusedLines refused={refused} /> : undefined}
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
