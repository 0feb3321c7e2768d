import { FileInput } from 'lucide-react'
import { type ReactNode, Suspense, useId, useMemo, useRef, useState } from 'react'
import { missingScope } from '#app/api/http/api-key-text.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import { readLinkText } from '#app/features/imports/links/find-links.ts'
import { readLinkFile } from '#app/features/imports/links/read-link-file.ts'
import type { ImportOptions } from '#app/features/imports/queue/import-job.ts'
import { findChoiceErrors, firstChoiceError } from '#app/features/imports/queue/read-choices.ts'
import { count, formatDuration, formatNumber } from '#app/lib/format.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import { chooseFiles } from '#app/ui/choose-files.ts'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import type { InspectReply } from '#contract/import-inspect.ts'
import { type Destination, DestinationFields, readDestination } from './destination-fields.tsx'
import { type FoundLink, FoundLinks } from './found-links.tsx'
import type { ImportDraft, ImportDraftStore } from './import-draft.ts'
import { LinksField } from './links-field.tsx'
import { thereOf } from './look.ts'
import { recallOptions, rememberOptions, VideoFields } from './video-fields.tsx'

const LookInside = lazyPart(async () => (await import('./look-inside.tsx')).LookInside, {
  floats: true,
})

export type ImportDialogProps = {
  client: ApiClient
  draft: ImportDraftStore
  /** Where files go unless another folder is typed. */
  folder: FolderPath
  canImport: boolean
  /** By address, as `URL` writes it: links that this browser's queue has or had. */
  met: () => ReadonlyMap<string, 'queued' | 'imported'>
  /** How long it takes until so many have started, in ms. */
  estimateMs: (requests: number) => number
  onStart: (imports: { link: string; options: ImportOptions }[]) => void
  /** What subscribes to a list; `onLeave` closes the dialogs. */
  subscribe: (list: ListFound, onLeave: () => void) => ReactNode
  /** The dialog in which a folder is chosen; null where folders cannot be listed. */
  folderPicker: ((how: FolderPickerUse) => ReactNode) | null
}

export type ListFound = {
  url: string
  title: string
  folder: string
  quality: string
  subtitles: boolean
  thumbnail: boolean
}

export type FolderPickerUse = {
  /** As it was typed. */
  start: string
  onChoose: (folder: FolderPath) => void
  onClose: () => void
}

/** The dialog `Import links`. Load it on demand. */
export function ImportDialog(props: ImportDialogProps) {
  const { isOpen } = useSnapshot(props.draft)
  return isOpen ? <OpenDialog {...props} /> : null
}

function OpenDialog(props: ImportDialogProps) {
  const { draft, folder, canImport, folderPicker } = props
  const formId = useId()
  const form = useRef<HTMLFormElement>(null)
  const { text, chosen, own, ticks, ...kept } = useSnapshot(draft)
  const options = useOptions(folder, { chosen, folder: kept.folder })
  const read = useMemo(() => readLinkText(text), [text])
  const [met] = useState(props.met)
  const found = findEach(read.links, { options, own, ticks, met })
  const ticked = found.filter(({ isTicked }) => isTicked)
  const destination = readDestination(options, found.length)
  const choiceErrors = findChoiceErrors(options)
  const unavailableReason = canImport
    ? reasonNotToStart(found, firstChoiceError(choiceErrors))
    : missingScope.import.reason
  const close = () => draft.close(options.folder)
  const [isChoosing, setIsChoosing] = useState(false)
  const additions = useAdditions()
  const canLook = additions.includes('inspect') && canImport
  const [insideOf, setInsideOf] = useState<string | null>(null)
  const [looked, setLooked] = useState<ReadonlyMap<string, InspectReply>>(new Map())
  const alone = ticked.length === 1 ? ticked[0]?.link : undefined

  const handleSubmit = () => {
    if (unavailableReason !== undefined) return
    rememberOptions(options)
    props.onStart(ticked.map(({ link, destination }) => ({ link, options: destination.options })))
    draft.reset()
  }
  /** The link has been taken by its entries; the others are still to be started. */
  const handleStartInside: ImportDialogProps['onStart'] = (imports) => {
    rememberOptions(options)
    props.onStart(imports)
    if (insideOf !== null) draft.tick([insideOf], false)
    setInsideOf(null)
    if (ticked.every(({ link }) => link === insideOf)) draft.reset()
  }
  const handleClear = () => {
    draft.clear()
    form.current?.querySelector('textarea')?.focus()
  }

  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || close()}
      title="Import links"
      footer={
        <>
          {(text !== '' || Object.keys(chosen).length > 0) && (
            <Button tone="quiet" className="mr-auto" onClick={handleClear}>
              Clear
            </Button>
          )}
          <Button tone="primary" type="submit" form={formId} unavailableReason={unavailableReason}>
            Start import
          </Button>
        </>
      }
    >
      <form
        ref={form}
        id={formId}
        className="flex flex-col gap-4 py-1"
        onSubmit={(event) => {
          event.preventDefault()
          handleSubmit()
        }}
      >
        <LinksField text={text} found={read} onChange={draft.type} onSubmit={handleSubmit} />
        <FileOfLinks onLinks={draft.add} />
        {found.length > 0 && (
          <FoundLinks
            found={found}
            summary={summarize(found.length, ticked.length, props.estimateMs)}
            onTick={draft.tick}
            onChoose={draft.chooseFor}
            onLookInside={canLook ? setInsideOf : null}
          />
        )}
        <VideoFields
          options={options}
          errors={choiceErrors}
          there={thereOf(looked.get(alone ?? ''))}
          onChange={draft.choose}
        />
        <DestinationFields
          options={options}
          linkCount={found.length}
          errors={destination}
          onChange={draft.choose}
          onChooseFolder={folderPicker && (() => setIsChoosing(true))}
        />
      </form>
      {insideOf !== null && (
        <Suspense fallback={null}>
          <LookInside
            link={insideOf}
            options={options}
            client={props.client}
            met={props.met}
            subscribe={
              additions.includes('subscriptions') ? (list) => props.subscribe(list, close) : null
            }
            onLooked={(answer) => setLooked(new Map(looked).set(insideOf, answer))}
            onStart={handleStartInside}
            onClose={() => setInsideOf(null)}
          />
        </Suspense>
      )}
      {isChoosing &&
        folderPicker?.({
          start: options.folder,
          onChoose(chosen) {
            draft.choose({ folder: chosen })
            setIsChoosing(false)
          },
          onClose: () => setIsChoosing(false),
        })}
    </Dialog>
  )
}

function useAdditions(): readonly string[] {
  return useSnapshot(serverDescription)?.additions ?? []
}

function reasonNotToStart(
  found: readonly FoundLink[],
  choiceError: string | undefined,
): string | undefined {
  if (found.length === 0) return 'Type or paste a link that starts with http:// or https://.'
  const ticked = found.filter(({ isTicked }) => isTicked)
  if (ticked.length === 0) return 'Tick at least one of the links.'
  return choiceError ?? ticked.map(({ destination }) => problemOf(destination)).find(Boolean)
}

/** Those of the last import here, with what was changed in the dialog. */
function useOptions(folder: string, draft: Pick<ImportDraft, 'chosen' | 'folder'>): ImportOptions {
  const [usual] = useState(() => recallOptions(folder))
  const hasChoices = useAdditions().includes('video_choices')
  const all = { ...usual, folder: draft.folder ?? folder, ...draft.chosen }
  // A server that does not know them would fetch all of a film that was to be cut.
  return hasChoices ? all : { ...all, choices: {} }
}

/** Takes the links out of a file: bookmarks, a playlist, a table, a note. */
function FileOfLinks({ onLinks }: { onLinks: (links: string[]) => void }) {
  const [words, setWords] = useState('')
  const choose = async () => {
    const [file] = await chooseFiles('file')
    if (!file) return
    const links = await readLinkFile(file).catch(() => null)
    if (links === null) setWords('The file could not be read.')
    else setWords(links.length === 0 ? `There is no link in ${visibleName(file.name)}.` : '')
    if (links) onLinks(links)
  }
  return (
    <div className="-mt-2 flex flex-wrap items-center gap-x-3 gap-y-1">
      <Button size="small" icon={<FileInput />} onClick={() => void choose()}>
        Read from a file
      </Button>
      <p role="status" className="text-muted text-sm">
        {words}
      </p>
    </div>
  )
}

/** Those that were met before are not ticked by themselves, unless there are no others. */
function findEach(
  links: readonly string[],
  parts: Pick<ImportDraft, 'own' | 'ticks'> & {
    options: ImportOptions
    met: ReadonlyMap<string, 'queued' | 'imported'>
  },
): FoundLink[] {
  const metOf = (link: string) => parts.met.get(new URL(link).href) ?? null
  const isAnyNew = links.some((link) => metOf(link) === null)
  return links.map((link) => {
    const own = parts.own[link] ?? {}
    // A name is for one link: that of the whole dialog where there is no other.
    const options = { ...parts.options, ...(links.length > 1 ? { fileName: '' } : {}), ...own }
    const met = metOf(link)
    const isTicked = parts.ticks[link] ?? !(met && isAnyNew)
    return { link, isTicked, met, own, destination: readDestination(options, 1) }
  })
}

function problemOf({ folderError, fileNameError }: Destination): string | undefined {
  return folderError ?? fileNameError ?? undefined
}

/** `238 of 240 links · about 4 min to start` */
function summarize(
  found: number,
  ticked: number,
  estimateMs: ImportDialogProps['estimateMs'],
): string {
  const links = count(found, 'link')
  const amount = ticked === found ? links : `${formatNumber(ticked)} of ${links}`
  const seconds = estimateMs(ticked) / 1000
  return seconds < 1 ? amount : `${amount} · about ${formatDuration(seconds)} to start`
}
