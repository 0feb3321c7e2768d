import { useEffect, useRef, useState } from 'react'
import { isAbort } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { readError } from '#app/features/files/folder/use-error-text.ts'
import { formatBytes, plural } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { announce } from '#app/ui/announcer.tsx'
import { Button } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import { prepareZip } from './prepare-zip.ts'
import type { Asked } from './take-away.tsx'
import { NoZip, type ZipDownload } from './zip-download.ts'

type State =
  | { step: 'looking'; found: number }
  | { step: 'ready'; zip: ZipDownload }
  | { step: 'saving'; zip: ZipDownload; bytes: number }
  | { step: 'failed'; words: string }

/** The dialog `Download as zip`: says how much it is before anything is loaded. */
export function ZipDialog({
  asked,
  client,
  onClose,
}: {
  asked: Asked
  client: ApiClient
  onClose: () => void
}) {
  const [state, setState] = useState<State>({ step: 'looking', found: 0 })
  const ending = useRef<AbortController | null>(null)
  const fail = async (error: unknown) => {
    if (isAbort(error)) return
    const words = error instanceof NoZip ? error.message : (await readError(error)).title
    setState({ step: 'failed', words })
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for what was asked
  useEffect(() => {
    const stop = new AbortController()
    ending.current = stop
    const { signal } = stop
    const show = (next: State) => void (signal.aborted || setState(next))
    const onFound = (found: number) => show({ step: 'looking', found })
    prepareZip(client, asked, { signal, onFound }).then(
      (zip) => show({ step: 'ready', zip }),
      (error: unknown) => void (signal.aborted || fail(error)),
    )
    return () => stop.abort()
  }, [])

  async function save(zip: ZipDownload) {
    setState({ step: 'saving', zip, bytes: 0 })
    const signal = ending.current?.signal ?? AbortSignal.abort()
    try {
      const { isHandedOver } = await zip.save(signal, (bytes) =>
        setState({ step: 'saving', zip, bytes }),
      )
      announce(isHandedOver ? 'Download started' : 'Saved')
      onClose()
    } catch (error) {
      if (signal.aborted) return
      // Who closes the browser's own dialog has changed their mind.
      if (isAbort(error)) setState({ step: 'ready', zip })
      else await fail(error)
    }
  }

  const zip = 'zip' in state ? state.zip : null
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title="Download as zip"
      description={zip ? visibleName(zip.name) : undefined}
      footer={
        <>
          <Button onClick={onClose}>{state.step === 'failed' ? 'Close' : 'Cancel'}</Button>
          {state.step !== 'failed' && (
            <Button
              tone="primary"
              unavailableReason={whyNotYet(state)}
              onClick={() => zip && void save(zip)}
            >
              Download
            </Button>
          )}
        </>
      }
    >
      <p role={state.step === 'failed' ? 'alert' : 'status'} className="min-h-12 tabular-nums">
        {wordsOf(state)}
      </p>
    </Dialog>
  )
}

function whyNotYet(state: State): string | undefined {
  if (state.step === 'looking') return 'What is in it is not known yet.'
  if (state.step === 'saving') return 'It is on its way.'
  return state.step === 'ready' ? (state.zip.obstacle ?? undefined) : undefined
}

function wordsOf(state: State): string {
  if (state.step === 'failed') return state.words
  if (state.step === 'looking') {
    const words = plural(state.found, { one: '# file so far', other: '# files so far' })
    return state.found === 0 ? 'Looking what is in it…' : `Looking what is in it: ${words}…`
  }
  const { zip } = state
  if (state.step === 'saving') {
    return `${formatBytes(Math.min(state.bytes, zip.size))} of ${formatBytes(zip.size)}. Closing this stops it.`
  }
  const words = `${plural(zip.files, { one: '# file', other: '# files' })}, ${formatBytes(zip.size)}.`
  return zip.obstacle === null ? words : `${words} ${zip.obstacle}`
}
