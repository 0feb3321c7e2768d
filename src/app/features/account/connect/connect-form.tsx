import { Eye, EyeOff } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Button, IconButton } from '#app/ui/button.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import { apiKeyPrefix } from '#contract/api-keys.ts'

type ConnectFormProps = {
  isConnecting: boolean
  /** The last key that was tried here did not work. */
  hasFailed: boolean
  onConnect: (key: string) => void
}

const keptHere = 'Kept in this tab only, and forgotten when you close it.'
const unusual = `Keys usually start with ${apiKeyPrefix}. You can try this one all the same.`

/** The key's field and its button. What cannot be a key is caught here, before a request is spent. */
export function ConnectForm({ isConnecting, hasFailed, onConnect }: ConnectFormProps) {
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const [text, setText] = useState('')
  const [rule, setRule] = useState<string | null>(null)
  const [isShown, setIsShown] = useState(false)

  useEffect(() => {
    // With a finger, the keyboard on the screen would cover half of the page unasked.
    if (window.matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [])

  useEffect(() => {
    // After a refusal the next thing typed or pasted replaces the key that did not work.
    if (!hasFailed || isConnecting) return
    field.current?.focus()
    field.current?.select()
  }, [hasFailed, isConnecting])

  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    if (isConnecting) return
    const pasted = readPastedKey(text)
    setRule(pasted.ok ? null : pasted.rule)
    if (pasted.ok) onConnect(pasted.key)
    else field.current?.focus()
  }

  return (
    // "post": should the script ever fail, the key must not land in the address bar.
    <form method="post" noValidate onSubmit={handleSubmit} className="flex flex-col gap-4">
      <TextField
        ref={field}
        label="API key"
        name="api-key"
        type={isShown ? 'text' : 'password'}
        // Password managers may keep it; the browser's own history of typed text may not.
        autoComplete="current-password"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        value={text}
        onChange={(next) => {
          setText(next)
          setRule(null)
        }}
        error={rule}
        description={rule !== null ? undefined : looksLikeKey(text) ? keptHere : unusual}
        placeholder={`${apiKeyPrefix}…`}
        // Chromium cuts the underscores of many fonts off in a lower line.
        className="font-mono leading-9"
        end={
          <IconButton
            size="small"
            label={isShown ? 'Hide key' : 'Show key'}
            icon={isShown ? <EyeOff /> : <Eye />}
            onClick={() => setIsShown(!isShown)}
          />
        }
      />
      <Button tone="primary" type="submit" isPending={isConnecting} className="h-9">
        Connect
      </Button>
    </form>
  )
}

export type PastedKey = { ok: true; key: string } | { ok: false; rule: string }

/**
 * Reads a key from what was pasted, before a request is spent on it. Refuses only what no service
 * could ever accept: a header value is visible ASCII. Other prefixes pass, for a hosted service may
 * give out other forms; `rule` says in words what is wrong.
 */
export function readPastedKey(text: string): PastedKey {
  // People copy the key from a terminal, a header line or a JSON file: what surrounds it is no key.
  const key = text
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^bearer\s+/i, '')
    .replace(/^(["'`])(.*)\1$/s, '$2')
    .trim()
  if (key === '') return { ok: false, rule: 'Paste your API key first.' }
  if (key.includes('…') || key.includes('...')) {
    return {
      ok: false,
      rule: 'This is the shortened form of a key. The whole key was shown once, when it was made.',
    }
  }
  if (/\s/.test(key)) {
    return { ok: false, rule: 'A key has no spaces or line breaks inside. Copy it again, whole.' }
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    return { ok: false, rule: 'A key has only plain letters, digits and signs. Copy it again.' }
  }
  if (key === apiKeyPrefix) {
    return { ok: false, rule: `This is only the start of a key. Copy all of it.` }
  }
  return { ok: true, key }
}

/** True while the text could still become a key of the usual form: no hint is needed. */
export function looksLikeKey(text: string): boolean {
  const start = text.trimStart().slice(0, apiKeyPrefix.length)
  return apiKeyPrefix.startsWith(start)
}
