import clsx from 'clsx'
import { SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { guessKind, mayHoldSeveral } from '#app/features/imports/links/find-links.ts'
import type { ImportOptions } from '#app/features/imports/queue/import-job.ts'
import { formatNumber } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button, IconButton } from '#app/ui/button.tsx'
import { Checkbox } from '#app/ui/checkbox.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import type { Destination } from './destination-fields.tsx'
import { qualities } from './video-fields.tsx'

/** A link of the dialog, with all that is known of it. */
export type FoundLink = {
  link: string
  isTicked: boolean
  /** Where it was met before in this browser. */
  met: 'queued' | 'imported' | null
  /** What it alone has. */
  own: Partial<ImportOptions>
  /** Its options, and what is wrong with them. */
  destination: Destination
}

export type FoundLinksProps = {
  found: readonly FoundLink[]
  /** `240 links · about 4 min to start` */
  summary: string
  onTick: (links: readonly string[], isTicked: boolean) => void
  onChoose: (link: string, chosen: Partial<ImportOptions>) => void
  /** Null where the server has no such look. */
  onLookInside: ((link: string) => void) | null
}

/** More are in the page when asked for: with 200 each key in the field took a slow machine a tenth of a second. */
const shownAtFirst = 50

const metText = { queued: 'In the queue already', imported: 'Imported before' } as const

/** The list `Links found`: each link with a tick, and with options of its own where it needs them. */
export function FoundLinks({ found, summary, ...acts }: FoundLinksProps) {
  const { onTick } = acts
  const [most, setMost] = useState(shownAtFirst)
  const ticked = found.filter(({ isTicked }) => isTicked).length
  const isAll = ticked === found.length
  const hidden = found.length - most
  return (
    <section className="rounded-md border border-line">
      <div className="flex items-center gap-2.5 border-line border-b px-3 py-1.5 text-muted text-sm">
        <Checkbox
          label="All links"
          checked={ticked === 0 ? false : isAll || 'mixed'}
          onChange={() =>
            onTick(
              found.map(({ link }) => link),
              !isAll,
            )
          }
        />
        <p role="status">{summary}</p>
      </div>
      <ul
        aria-label="Links found"
        className="scroll-area max-h-56 max-sm:max-h-80 [content-visibility:auto]"
      >
        {found.slice(0, most).map((one) => (
          <Row key={one.link} {...one} {...acts} isAlone={found.length === 1} />
        ))}
      </ul>
      {hidden > 0 && (
        <div className="border-line border-t px-3 py-1.5">
          <Button size="small" onClick={() => setMost(found.length)}>
            Show {formatNumber(hidden)} more
          </Button>
        </div>
      )}
    </section>
  )
}

type RowProps = FoundLink & Omit<FoundLinksProps, 'found' | 'summary'> & { isAlone: boolean }

function Row(props: RowProps) {
  const { link, isTicked, destination, isAlone } = props
  const hasProblem = destination.folderError !== null || destination.fileNameError !== null
  const [wantsOptions, setWantsOptions] = useState(false)
  const isOpen = !isAlone && (wantsOptions || (hasProblem && isTicked))
  return (
    <li className="border-line/70 border-b last:border-b-0">
      <div className="flex items-center gap-2.5 px-3 py-1">
        <Checkbox
          label={link}
          checked={isTicked}
          onChange={(isChecked) => props.onTick([link], isChecked)}
        />
        <div className={clsx('min-w-0 grow', !isTicked && 'text-muted')}>
          <p className="truncate">{visibleName(link)}</p>
          <p className="truncate text-muted text-xs">{describeLink(props)}</p>
        </div>
        {props.onLookInside && mayHoldSeveral(link) && destination.options.type !== 'file' && (
          <Button size="small" onClick={() => props.onLookInside?.(link)}>
            Look inside
          </Button>
        )}
        {!isAlone && (
          <IconButton
            label={`Options for ${visibleName(link)}`}
            icon={<SlidersHorizontal />}
            size="small"
            aria-expanded={isOpen}
            onClick={() => setWantsOptions(!wantsOptions)}
          />
        )}
      </div>
      {isOpen && <OwnOptions {...props} />}
    </li>
  )
}

/** What it probably is, where it was met, and what it has for itself. */
function describeLink({ link, met, own, destination: { options } }: FoundLink): string {
  const quality = qualities.find(({ value }) => value === options.quality)?.label
  return [
    guessKind(link),
    met && metText[met],
    own.quality && quality,
    own.folder && options.folder,
    own.fileName && options.fileName,
  ]
    .filter(Boolean)
    .join(' · ')
}

function OwnOptions({ link, own, destination, onChoose }: RowProps) {
  const { type, quality, folder } = destination.options
  return (
    <fieldset className="grid gap-3 px-3 pt-1 pb-3 sm:grid-cols-3">
      <legend className="sr-only">Options for {visibleName(link)}</legend>
      {type !== 'file' && (
        <label className="flex flex-col gap-1.5 font-medium text-sm">
          Quality
          <select
            value={quality}
            onChange={({ target }) => onChoose(link, { quality: target.value })}
            className="h-9 rounded-md border border-edge/60 bg-canvas px-2 font-normal text-base pointer-coarse:h-11"
          >
            {qualities.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
      )}
      {type !== 'video' && (
        <>
          <TextField
            label="Folder"
            value={own.folder ?? folder}
            onChange={(typed) => onChoose(link, { folder: typed })}
            error={destination.folderError}
            spellCheck={false}
          />
          <TextField
            label="File name"
            value={own.fileName ?? ''}
            onChange={(typed) => onChoose(link, { fileName: typed })}
            error={destination.fileNameError}
            spellCheck={false}
          />
        </>
      )}
    </fieldset>
  )
}
