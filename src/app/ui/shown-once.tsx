import { Check, Copy } from 'lucide-react'
import { type ComponentProps, type ReactNode, useEffect, useRef, useState } from 'react'
import { copyText } from '#app/lib/browser/copy-text.ts'
import { Button } from './button.tsx'
import { TextField } from './text-field.tsx'

export type ShownOnceProps = {
  label: string
  /** The secret or link that was just made. */
  text: string
  description?: string
  copyLabel: string
  copyTone?: ComponentProps<typeof Button>['tone']
  takesFocus?: boolean
  /** Further buttons, behind the one that copies. */
  children?: ReactNode
}

/** A text that is shown this once, whole, with a button that copies it; where that is refused it is marked. */
export function ShownOnce(props: ShownOnceProps) {
  const { text, takesFocus = false } = props
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const [copied, setCopied] = useState<boolean | null>(null)
  useEffect(() => {
    if (takesFocus) field.current?.focus()
  }, [takesFocus])

  async function handleCopy() {
    const isCopied = await copyText(text)
    setCopied(isCopied)
    if (isCopied) return
    field.current?.focus()
    field.current?.select()
  }

  return (
    <>
      <TextField
        ref={field}
        label={props.label}
        readOnly
        rows={2}
        value={text}
        onChange={() => {}}
        onFocus={(event) => event.target.select()}
        spellCheck={false}
        autoComplete="off"
        {...(props.description && { description: props.description })}
        className="field-sizing-content min-h-0! resize-none! break-all font-mono leading-6"
      />
      <div className="flex flex-wrap items-center gap-2">
        <Button
          tone={props.copyTone ?? 'outline'}
          icon={copied ? <Check /> : <Copy />}
          onClick={() => void handleCopy()}
        >
          {props.copyLabel}
        </Button>
        {props.children}
        <p role="status" className="text-sm">
          {copied === true && 'Copied.'}
          {copied === false && 'The browser did not allow it: copy the marked text yourself.'}
        </p>
      </div>
    </>
  )
}
