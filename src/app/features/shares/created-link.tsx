import { Check, Copy } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { copyText } from '#app/lib/browser/copy-text.ts'
import { formatExactTime } from '#app/lib/format.ts'
import { Button } from '#app/ui/button.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import type { CreatedShare } from '#contract/shares.ts'

/** A link that was just made, whole, for the only time. */
export function CreatedLink({ made, sharesHref }: { made: CreatedShare; sharesHref: string }) {
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const [copied, setCopied] = useState<boolean | null>(null)
  useEffect(() => field.current?.focus(), [])

  async function handleCopy() {
    const isCopied = await copyText(made.link)
    setCopied(isCopied)
    if (isCopied) return
    field.current?.focus()
    field.current?.select()
  }

  return (
    <div className="flex flex-col gap-3">
      <TextField
        ref={field}
        label="Link"
        readOnly
        rows={2}
        value={made.link}
        onChange={() => {}}
        onFocus={(event) => event.target.select()}
        spellCheck={false}
        description="Copy it now: it is shown this once, for only a hash of it is kept."
        className="field-sizing-content min-h-0! resize-none! break-all font-mono leading-6"
      />
      <div className="flex flex-wrap items-center gap-2">
        <Button icon={copied ? <Check /> : <Copy />} onClick={() => void handleCopy()}>
          Copy link
        </Button>
        <p role="status" className="text-sm">
          {copied === true && 'Copied.'}
          {copied === false && 'The browser did not allow it: copy the marked text yourself.'}
        </p>
      </div>
      <p className="text-muted text-sm">
        It ends on {formatExactTime(made.share.expires_at)}. Your links are listed, and revoked,{' '}
        <Link href={sharesHref} className="underline">
          beside your API keys
        </Link>
        .
      </p>
    </div>
  )
}
