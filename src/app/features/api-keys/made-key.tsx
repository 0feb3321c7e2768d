import { Check, Copy, LogIn } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { copyText } from '#app/lib/copy-text.ts'
import { Button } from '#app/ui/button.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import type { MadeApiKey } from './web-session.ts'

type MadeKeyProps = {
  made: MadeApiKey
  /** This tab has a key already: using the new one replaces it. */
  isConnected: boolean
  onUse: () => void
  onDone: () => void
}

/** A key that was just made, whole, for the only time. Stays until the person puts it away. */
export function MadeKey({ made, isConnected, onUse, onDone }: MadeKeyProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const [copied, setCopied] = useState<boolean | null>(null)

  useEffect(() => {
    // A closing dialog gives the focus back in a timer of its own; this one runs after it.
    const timer = setTimeout(() => heading.current?.focus())
    return () => clearTimeout(timer)
  }, [])

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
        <h2 ref={heading} id="made-key" tabIndex={-1} className="font-semibold outline-none">
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
        className="min-h-0! resize-none break-all font-mono leading-6"
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
