import { useId, useState } from 'react'
import type { ApiClient } from '#app/api/http/client.ts'
import { errorText } from '#app/api/http/error-text.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import { Switch } from '#app/ui/choices.tsx'
import { Alert } from '#app/ui/empty-state.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import { endpoints } from '#contract/endpoints.ts'
import { parseNewFolderPath } from '#contract/folder-path.ts'
import { videoHeights } from '#contract/imports.ts'
import type { Subscription } from '#contract/subscriptions.ts'

/** What a subscription is to a list that is not subscribed to yet. */
export type NewSubscription = Pick<
  Subscription,
  'url' | 'title' | 'folder' | 'quality' | 'subtitles' | 'thumbnail'
>

export type SubscribeDialogProps = {
  /** With an id it is changed, without one it is made. */
  subscription: NewSubscription & Partial<Subscription>
  client: ApiClient
  /** Of the key that asks. */
  scopes: readonly string[]
  onDone: (subscription: Subscription) => void
  onClose: () => void
}

const intervals: [hours: number, label: string][] = [
  [1, 'Every hour'],
  [6, 'Every 6 hours'],
  [24, 'Every day'],
  [168, 'Every week'],
]

/** How often a list is looked at, and what becomes of what is new there. */
export function SubscribeDialog(props: SubscribeDialogProps) {
  const { subscription, client, scopes, onDone, onClose } = props
  const { id, url, title } = subscription
  const formId = useId()
  const [folder, setFolder] = useState(subscription.folder)
  const [quality, setQuality] = useState(subscription.quality)
  const [subtitles, setSubtitles] = useState(subscription.subtitles)
  const [hours, setHours] = useState(subscription.every_hours ?? 24)
  const [onlyNew, setOnlyNew] = useState(true)
  const [keep, setKeep] = useState(subscription.keep ?? null)
  const [state, setState] = useState<{ isBusy: boolean; error?: unknown }>({ isBusy: false })
  const parsed = parseNewFolderPath(folder.trim())
  const isNew = id === undefined

  const submit = async () => {
    if (!parsed.ok || state.isBusy) return
    setState({ isBusy: true })
    const wanted = {
      ...{ folder: parsed.value, quality, subtitles, every_hours: hours },
      ...(keep === (subscription.keep ?? null) ? {} : { keep }),
    }
    const asked = { lane: 'person', purpose: 'imports' } as const
    const { thumbnail } = subscription
    try {
      const answer = isNew
        ? await client.call(endpoints.createSubscription, {
            ...asked,
            body: { ...wanted, url, title: title.slice(0, 500), thumbnail, only_new: onlyNew },
          })
        : await client.call(endpoints.changeSubscription, { ...asked, body: { ...wanted, id } })
      onDone(answer.subscription)
    } catch (error) {
      setState({ isBusy: false, error })
    }
  }
  const words = state.error === undefined ? null : errorText(state.error)
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title={isNew ? 'Subscribe' : 'Change subscription'}
      description={<span className="block truncate">{visibleName(title || url)}</span>}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            tone="primary"
            type="submit"
            form={formId}
            unavailableReason={
              parsed.ok ? (state.isBusy ? 'It is being saved.' : undefined) : parsed.rule
            }
          >
            {isNew ? 'Subscribe' : 'Save'}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-4 py-1"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        {words && <Alert title={words.title}>{words.nextStep}</Alert>}
        <Select
          label="Look"
          value={String(hours)}
          onChange={(value) => setHours(Number(value))}
          options={withOwn(intervals, hours).map(([value, label]) => [String(value), label])}
        />
        <KeepField keep={keep} scopes={scopes} onChange={setKeep} />
        <TextField
          label="Folder"
          value={folder}
          onChange={setFolder}
          error={parsed.ok ? undefined : parsed.rule}
          spellCheck={false}
        />
        <Select
          label="Quality"
          value={quality}
          onChange={setQuality}
          options={withQuality(quality).map((value) => [value, qualityText(value)])}
        />
        <Switch label="Subtitles" checked={subtitles} onChange={setSubtitles} />
        {isNew && (
          <Switch
            label="Only new ones"
            description="Leaves what the list holds now."
            checked={onlyNew}
            onChange={setOnlyNew}
          />
        )}
      </form>
    </Dialog>
  )
}

/** How many of its videos stay: what an older server does not know is not shown. */
function KeepField(props: {
  keep: number | null
  scopes: readonly string[]
  onChange: (keep: number | null) => void
}) {
  const { keep, scopes, onChange } = props
  const additions = useSnapshot(serverDescription)?.additions
  if (!additions?.includes('subscription_keep')) return null
  return (
    <Select
      label="Keep"
      value={String(keep)}
      onChange={(value) => onChange(value === 'null' ? null : Number(value))}
      options={withKept(keep).map((value) => [String(value), keepText(value)])}
      disabled={!scopes.includes('manage')}
      description={keepHint(keep, scopes)}
    />
  )
}

function Select(props: {
  label: string
  value: string
  options: readonly (readonly [value: string, label: string])[]
  onChange: (value: string) => void
  disabled?: boolean
  description?: string | undefined
}) {
  const hintId = useId()
  return (
    <label className="flex flex-col gap-1.5 font-medium text-sm">
      {props.label}
      <select
        value={props.value}
        onChange={({ target }) => props.onChange(target.value)}
        disabled={props.disabled}
        aria-describedby={props.description && hintId}
        className="h-9 rounded-md border border-edge/60 bg-canvas px-2 font-normal text-base pointer-coarse:h-11"
      >
        {props.options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {props.description && (
        <span id={hintId} aria-hidden="true" className="font-normal text-muted text-sm">
          {props.description}
        </span>
      )}
    </label>
  )
}

/** Programs choose any number of hours. */
function withOwn(known: typeof intervals, hours: number): typeof intervals {
  return known.some(([value]) => value === hours) ? known : [...known, [hours, intervalText(hours)]]
}

export function intervalText(hours: number): string {
  return intervals.find(([value]) => value === hours)?.[1] ?? `Every ${hours} hours`
}

const keptNumbers = [null, 5, 10, 25, 50, 100]

function withKept(keep: number | null): (number | null)[] {
  return keptNumbers.includes(keep) ? keptNumbers : [...keptNumbers, keep]
}

/** `All`, or how many of the newest. */
export function keepText(keep: number | null): string {
  if (keep === null) return 'All'
  return keep === 1 ? 'The newest one' : `The newest ${keep}`
}

function keepHint(keep: number | null, scopes: readonly string[]): string | undefined {
  if (!scopes.includes('manage')) return 'To keep fewer takes a key with the scope “manage”.'
  return keep === null
    ? undefined
    : 'Older ones that this has imported go to the trash, unless they were moved or renamed.'
}

function withQuality(quality: string): string[] {
  return [...new Set(['best', 'audio', ...videoHeights, quality])]
}

/** `best`, `audio` or a height, in words. */
export function qualityText(quality: string): string {
  if (quality === 'best') return 'Best'
  return quality === 'audio' ? 'Audio only' : `${quality}p`
}
