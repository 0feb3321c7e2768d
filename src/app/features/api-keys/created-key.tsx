import { Check, Copy, LogIn } from 'lucide-react'
import { type RefObject, useRef, useState } from 'react'
import type { MadeApiKey } from '#app/features/account/web-session/web-session.ts'
import { copyText } from '#app/lib/browser/copy-text.ts'
import { Button } from '#app/ui/button.tsx'
import { TextField } from '#app/ui/text-field.tsx'

type CreatedKeyProps = {
  made: MadeApiKey
  /** This tab has a key already: using the new one replaces it. */
  isConnected: boolean
  /** The focus belongs here once the key is made: the dialog that made it is gone. */
  heading: RefObject<HTMLHeadingElement | null>
  onUse: () => void
  onDone: () => void
}

/** A key that was just made, whole, for the only time. Stays until the person puts it away. */
export function CreatedKey({ made, isConnected, heading, onUse, onDone }: CreatedKeyProps) {
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const [copied, setCopied] = useState<boolean | null>(null)

  async function handleCopy() {
    const isCopied = await copyText(made.secret)
    setCopied(isCopied)
    if (isCopied) return
    field.current?.focus()
    field.current?.select()
  }

  return (
    <section
      aria-labelledby="made-key"
      className="flex flex-col gap-3 rounded-lg border border-accent bg-selected p-4"
    >
      <div>
        <h2
          ref={heading}
          id="made-key"
          tabIndex={-1}
          className="break-words font-semibold outline-none"
        >
          <span dir="auto">{made.key.name}</span> is ready
        </h2>
        <p className="text-sm">
          Copy the key now: it is shown this once. Only a hash of it is kept, so nobody can look it
          up later.
        </p>
      </div>
      <TextField
        ref={field}
        label="New key"
        readOnly
        rows={2}
        value={made.secret}
        onChange={() => {}}
        onFocus={(event) => event.target.select()}
        spellCheck={false}
        autoComplete="off"
        className="field-sizing-content min-h-0! resize-none! break-all font-mono leading-6"
      />
      <div className="flex flex-wrap items-center gap-2">
        <Button
          tone={isConnected ? 'primary' : 'outline'}
          icon={copied ? <Check /> : <Copy />}
          onClick={() => void handleCopy()}
        >
          Copy key
        </Button>
        <Button tone={isConnected ? 'outline' : 'primary'} icon={<LogIn />} onClick={onUse}>
          Use this key here
        </Button>
        <Button tone="quiet" onClick={onDone}>
          Done
        </Button>
        <p role="status" className="text-sm">
          {copied === true && 'Copied.'}
          {copied === false && 'The browser did not allow it: copy the marked text yourself.'}
        </p>
      </div>
    </section>
  )
}
