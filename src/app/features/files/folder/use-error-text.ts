import { useEffect, useState } from 'react'
import { ConnectionError, type ErrorText, lostText } from '#app/api/http/api-error.ts'

type Reader = (error: unknown) => ErrorText

// Loaded at the first answer that is an error: whoever gets one has a network to load it by.
let read: Reader | null = null

async function loadReader(): Promise<Reader> {
  read ??= (await import('#app/api/http/error-text.ts')).errorText
  return read
}

/** The words for what a call threw. Never throws: where they do not come, the network is what is lost. */
export function readError(error: unknown): Promise<ErrorText> {
  return loadReader().then((known) => known(error), lostText)
}

/** The same while it is shown; null for no error, and for a moment until the words are there. */
export function useErrorText(error: unknown): ErrorText | null {
  const [found, setFound] = useState<{ error: unknown; text: ErrorText } | null>(null)
  const isKnown = error === null || error instanceof ConnectionError || read !== null
  useEffect(() => {
    if (!isKnown) void readError(error).then((text) => setFound({ error, text }))
  }, [error, isKnown])
  if (error === null) return null
  if (error instanceof ConnectionError) return lostText()
  if (read) return read(error)
  return found && found.error === error ? found.text : null
}
