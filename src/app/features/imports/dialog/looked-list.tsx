import { useEffect, useMemo, useRef, useState } from 'react'
import { isAbort } from '#app/api/http/api-error.ts'
import { count, formatDay, formatDuration, formatNumber } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import { Checkbox } from '#app/ui/checkbox.tsx'
import { Switch } from '#app/ui/choices.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import { type FolderPath, parseNewFolderPath } from '#contract/folder-path.ts'
import type { InspectEntry, InspectReply } from '#contract/import-inspect.ts'
import { importsOf, isThere, lookAt, lookFailure, namesIn } from './look.ts'
import type { LookInsideProps } from './look-inside.tsx'

type LookedListProps = LookInsideProps & {
  formId: string
  first: InspectReply
  /** What the main button of the dialog says; what it is for, as long as it cannot be pressed. */
  onPrimary: (primary: { label: string; reason?: string | undefined } | null) => void
  onLookInside: (link: string) => void
}

/** The entries of a list, to be ticked, with the folder that they go to together. */
export function LookedList(props: LookedListProps) {
  const { options, client, first, onPrimary } = props
  const title = first.title?.trim() || 'List'
  const [search, setSearch] = useState('')
  const [isNewestFirst, setNewestFirst] = useState(false)
  const page = useEntries(props, { search, isNewestFirst })
  const [ticked, setTicked] = useState<ReadonlyMap<number, InspectEntry>>(new Map())
  const [folder, setFolder] = useState(() => `/${folderNameOf(title)}/`)
  const [isNumbered, setNumbered] = useState(false)
  const parsed = parseNewFolderPath(folder.trim())
  const names = useNames(client, parsed.ok ? parsed.value : null)
  const [met] = useState(props.met)

  const stateOf = (entry: InspectEntry) => stateText(entry, met, names)
  const free = page.entries.filter((entry) => !entry.is_list && stateOf(entry) === null)
  const isAll = free.length > 0 && free.every(({ position }) => ticked.has(position))
  const tick = (entries: readonly InspectEntry[], isTicked: boolean) => {
    const next = new Map(ticked)
    for (const entry of entries) {
      if (isTicked) next.set(entry.position, entry)
      else next.delete(entry.position)
    }
    setTicked(next)
  }
  const problem = parsed.ok ? undefined : parsed.rule
  const { label, reason } = primaryOf(ticked.size, problem)
  useEffect(() => {
    onPrimary({ label, reason })
    return () => onPrimary(null)
  }, [label, reason, onPrimary])

  const submit = () => {
    if (reason !== undefined || !parsed.ok) return
    const chosen = [...ticked.values()].toSorted((a, b) => a.position - b.position)
    const how = { options, title, folder: parsed.value, isNumbered, count: first.total ?? 0 }
    props.onStart(importsOf(chosen, how))
  }
  return (
    <>
      <form
        id={props.formId}
        className="flex flex-col gap-3 py-1"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <p className="break-words font-medium">{visibleName(title)}</p>
        <TextField label="Search entries" type="search" value={search} onChange={setSearch} />
        {first.has_dates && (
          <Switch label="Newest first" checked={isNewestFirst} onChange={setNewestFirst} />
        )}
        <section className="rounded-md border border-line">
          <div className="flex items-center gap-2.5 border-line border-b px-3 py-1.5 text-muted text-sm">
            <Checkbox
              label="All entries"
              checked={isAll || (ticked.size > 0 && 'mixed')}
              onChange={() => tick(free, !isAll)}
            />
            <p role="status">{summarize(page, ticked.size)}</p>
          </div>
          <ul
            aria-label="Entries"
            className="scroll-area max-h-56 max-sm:max-h-80 [content-visibility:auto]"
          >
            {page.entries.map((entry) => (
              <Row
                key={`${entry.position} ${entry.link}`}
                entry={entry}
                state={stateOf(entry)}
                isTicked={ticked.has(entry.position)}
                onTick={(isTicked) => tick([entry], isTicked)}
                onLookInside={() => props.onLookInside(entry.link)}
              />
            ))}
          </ul>
          <More {...page} />
        </section>
        {first.is_complete === false && (
          <p className="text-muted text-sm">
            The list goes on: the first {formatNumber(first.total ?? 0)} entries are shown.
          </p>
        )}
        <TextField
          label="Folder for all"
          value={folder}
          onChange={setFolder}
          error={problem}
          spellCheck={false}
        />
        <Switch
          label="Number the names"
          description="“01 Title”, as they stand in the list."
          checked={isNumbered}
          onChange={setNumbered}
        />
      </form>
      {/* Its dialog has a form of its own, whose submit would be this one's, too. */}
      {props.subscribe?.({
        ...{ url: props.link, title, folder: parsed.ok ? parsed.value : '/' },
        ...{ quality: options.quality, subtitles: options.subtitles },
        thumbnail: options.thumbnail,
      })}
    </>
  )
}

function primaryOf(ticked: number, problem: string | undefined) {
  if (ticked === 0) return { label: 'Import', reason: 'Tick what is to be imported.' }
  return { label: `Import ${count(ticked, 'video')}`, reason: problem }
}

function More({ hasMore, failure, loadMore }: ReturnType<typeof useEntries>) {
  if (!hasMore && !failure) return null
  return (
    <div className="flex flex-wrap items-center gap-3 border-line border-t px-3 py-1.5">
      <Button size="small" onClick={loadMore}>
        Load more
      </Button>
      {failure && <p role="alert">{failure}</p>}
    </div>
  )
}

/** What speaks against importing an entry; null for nothing. */
function stateText(
  { problem, item, link, title }: InspectEntry,
  met: ReturnType<LookedListProps['met']>,
  names: ReadonlySet<string>,
): string | null {
  if (problem) return problem
  const before = item === undefined ? met.get(link) : undefined
  if (before) return before === 'queued' ? 'In the queue already' : 'Imported before'
  return isThere(title, names) ? 'There already' : null
}

function Row(props: {
  entry: InspectEntry
  state: string | null
  isTicked: boolean
  onTick: (isTicked: boolean) => void
  onLookInside: () => void
}) {
  const { entry, state, isTicked } = props
  const title = visibleName(entry.title)
  const facts = [
    entry.duration === undefined ? null : formatDuration(entry.duration),
    entry.date === undefined ? null : formatDay(entry.date),
    state,
  ]
  return (
    <li className="flex items-center gap-2.5 border-line/70 border-b px-3 py-1 last:border-b-0">
      {!entry.is_list && (
        <Checkbox
          label={title}
          checked={isTicked}
          disabled={entry.problem !== undefined}
          onChange={props.onTick}
        />
      )}
      <div className="min-w-0 grow">
        <p className="truncate" dir="auto">
          {title}
        </p>
        <p className="truncate text-muted text-xs">{facts.filter(Boolean).join(' · ')}</p>
      </div>
      {entry.is_list && (
        <Button size="small" onClick={props.onLookInside}>
          Look inside
        </Button>
      )}
    </li>
  )
}

/** Folder names cannot have a slash, nor be empty or dots. */
function folderNameOf(title: string): string {
  const plain = visibleName(title)
    .replace(/[/\\\ufffd]+/g, ' ')
    .trim()
    .slice(0, 80)
    .trim()
  return /^\.*$/.test(plain) ? 'List' : plain
}

type Page = {
  entries: readonly InspectEntry[]
  total: number
  hasMore: boolean
  failure: string | null
}

function summarize({ entries, total }: Page, ticked: number): string {
  const all = plainCount(total)
  const shown = entries.length < total ? `${formatNumber(entries.length)} of ${all}` : all
  return ticked === 0 ? shown : `${formatNumber(ticked)} ticked · ${shown}`
}

const plainCount = (total: number) => (total === 1 ? '1 entry' : `${formatNumber(total)} entries`)

const typingMs = 300

/** The entries that were asked for, page by page. The server keeps the list: its source is not asked again. */
function useEntries(
  { link, client, first }: LookedListProps,
  { search, isNewestFirst }: { search: string; isNewestFirst: boolean },
): Page & { loadMore: () => void } {
  const [page, setPage] = useState<Page>(() => pageOf(first, []))
  const asking = useRef<AbortController | null>(null)
  const ask = useMemo(
    () => (entries: readonly InspectEntry[]) => {
      asking.current?.abort()
      const gone = new AbortController()
      asking.current = gone
      const wanted = { url: link, search, isNewestFirst, offset: entries.length }
      lookAt(client, wanted, gone.signal).then(
        (found) => setPage(pageOf(found, entries)),
        (error: unknown) => {
          if (isAbort(error)) return
          const { reason, nextStep } = lookFailure(error)
          setPage((shown) => ({ ...shown, failure: `${reason} ${nextStep}` }))
        },
      )
    },
    [link, client, search, isNewestFirst],
  )
  const isFirst = useRef(true)
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    const timer = setTimeout(() => ask([]), typingMs)
    return () => clearTimeout(timer)
  }, [ask])
  useEffect(() => () => asking.current?.abort(), [])
  return { ...page, loadMore: () => ask(page.entries) }
}

function pageOf(found: InspectReply, before: readonly InspectEntry[]): Page {
  const entries = [...before, ...(found.entries ?? [])]
  const { total = entries.length, has_more: hasMore = false } = found
  return { entries, total, hasMore, failure: null }
}

/** What lies in the folder that they go to, to leave out what is there. */
function useNames(
  client: LookedListProps['client'],
  folder: FolderPath | null,
): ReadonlySet<string> {
  const [names, setNames] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => {
    if (folder === null) return
    const gone = new AbortController()
    const timer = setTimeout(() => {
      // Without it nothing is left out by name; the server gives a number to a name that is taken.
      namesIn(client, folder, gone.signal).then(setNames, () => {})
    }, typingMs)
    return () => {
      clearTimeout(timer)
      gone.abort()
    }
  }, [client, folder])
  return names
}
