import { RotateCcw } from 'lucide-react'
import { type ReactNode, useEffect, useId, useState } from 'react'
import { isAbort } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import type { ImportOptions } from '#app/features/imports/queue/import-job.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import type { InspectReply } from '#contract/import-inspect.ts'
import type { ListFound } from './import-dialog.tsx'
import { lookAt, lookFailure, refusalOf } from './look.ts'
import { LookedList } from './looked-list.tsx'
import { LookedVideo } from './looked-video.tsx'

export type LookInsideProps = {
  link: string
  options: ImportOptions
  client: ApiClient
  /** What subscribes to a list; null where the server does not. */
  subscribe: ((list: ListFound) => ReactNode) | null
  met: () => ReadonlyMap<string, 'queued' | 'imported'>
  /** A video, or a file: what is there is known now. */
  onLooked: (found: InspectReply) => void
  onStart: (imports: { link: string; options: ImportOptions }[]) => void
  onClose: () => void
}

type Looked =
  | { state: 'looking' }
  | { state: 'failed'; reason: string; nextStep: string }
  | { state: 'there'; found: InspectReply }

/** The dialog `Look inside`: what a link holds, before anything of it is imported. Load it on demand. */
export function LookInside(props: LookInsideProps) {
  // An entry that is a list itself is looked into in the same place.
  const [trail, setTrail] = useState([props.link])
  const link = trail.at(-1) ?? props.link
  return (
    <OneLook
      key={link}
      {...props}
      link={link}
      // What an entry has is not what the link has.
      onLooked={trail.length === 1 ? props.onLooked : () => {}}
      onBack={trail.length > 1 ? () => setTrail(trail.slice(0, -1)) : null}
      onLookInside={(next) => setTrail([...trail, next])}
    />
  )
}

type OneLookProps = LookInsideProps & {
  onBack: (() => void) | null
  onLookInside: (link: string) => void
}

function OneLook(props: OneLookProps) {
  const { link, client, onLooked, onClose } = props
  const formId = useId()
  const [looked, setLooked] = useState<Looked>({ state: 'looking' })
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a try more is a look more
  useEffect(() => {
    const gone = new AbortController()
    const take = (found: InspectReply) => {
      const refusal = refusalOf(found)
      setLooked(refusal ? { state: 'failed', ...refusal } : { state: 'there', found })
      if (!refusal) onLooked(found)
    }
    lookAt(client, { url: link }, gone.signal).then(take, (error: unknown) => {
      if (!isAbort(error)) setLooked({ state: 'failed', ...lookFailure(error) })
    })
    return () => gone.abort()
  }, [link, client, tries])

  const [primary, setPrimary] = useState<{ label: string; reason?: string | undefined } | null>(
    null,
  )
  const again = () => {
    setLooked({ state: 'looking' })
    setTries(tries + 1)
  }
  return (
    <Dialog
      isOpen
      size="large"
      onOpenChange={(isOpen) => isOpen || onClose()}
      title="Look inside"
      description={<span className="block truncate">{visibleName(link)}</span>}
      footer={
        <>
          {props.onBack && (
            <Button tone="quiet" className="mr-auto" onClick={props.onBack}>
              Back
            </Button>
          )}
          {primary ? (
            <Button
              tone="primary"
              type="submit"
              form={formId}
              {...(primary.reason ? { unavailableReason: primary.reason } : {})}
            >
              {primary.label}
            </Button>
          ) : (
            <Button onClick={onClose}>Done</Button>
          )}
        </>
      }
    >
      {looked.state === 'looking' && (
        <p role="status" className="py-6 text-center text-muted">
          Looking at what is there…
        </p>
      )}
      {looked.state === 'failed' && (
        <div role="alert" className="flex flex-col items-start gap-3 py-4">
          <p>
            {looked.reason} {looked.nextStep}
          </p>
          <Button size="small" icon={<RotateCcw />} onClick={again}>
            Look again
          </Button>
        </div>
      )}
      {looked.state === 'there' &&
        (looked.found.kind === 'list' ? (
          <LookedList {...props} formId={formId} first={looked.found} onPrimary={setPrimary} />
        ) : (
          <LookedVideo found={looked.found} />
        ))}
    </Dialog>
  )
}
