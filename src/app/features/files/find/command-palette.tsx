import * as Ariakit from '@ariakit/react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Search, X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useEffect, useRef, useState } from 'react'
import { currentContext } from '#app/actions/action-context.ts'
import { openLink } from '#app/actions/open-link.ts'
import type { Queries } from '#app/api/cache/queries.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import { isFocusLost } from '#app/lib/browser/keyboard-focus.ts'
import { browserClock } from '#app/lib/clock.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { announce } from '#app/ui/announcer.tsx'
import { IconButton } from '#app/ui/button.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import { createFileSearch } from './file-search.ts'
import { PaletteFoot } from './palette-foot.tsx'
import {
  findActions,
  findFolders,
  findSeen,
  findTargets,
  type PaletteItem,
  readFound,
} from './palette-items.ts'
import { PaletteOption } from './palette-option.tsx'
import { readWords } from './rank.ts'

export type CommandPaletteProps = {
  queries: Queries
  /** Without it there are only actions. */
  canBrowse: boolean
  /** The address of a folder, or of the file with this name in it. */
  hrefOf: (folder: FolderPath, name?: string) => string
  onGo: (href: string) => void
  onClose: () => void
}

type Group = { label: string; items: readonly PaletteItem[] }

/**
 * The dialog `Command palette`: actions, folders and files by what is typed. Its combobox and list are
 * Ariakit's, which keeps the keyboard in the field and says to screen readers where in the list one is.
 */
export function CommandPalette(props: CommandPaletteProps) {
  const { onClose } = props
  const opener = useRef(document.activeElement)
  const [targets] = useState(findTargets)
  const [typed, setTyped] = useState('')
  const picked = useRef<Picked | null>(null)
  const { groups, state } = useFound(props, { typed, targets })
  const pick = usePick(props, (next) => {
    picked.current = next
    onClose()
  })
  const first = groups[0]?.items[0]
  const [isWaiting, setIsWaiting] = useState(false)
  useEffect(() => {
    // Enter was pressed before anything was found.
    if (!isWaiting || (!first && state.isSearching)) return
    setIsWaiting(false)
    if (first) pick(first, { isOther: false })
  })
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        {/* An own veil: Radix's adds a <style> element, which the content security policy refuses. */}
        <div className="fixed inset-0 z-40 flex animate-appear items-start justify-center bg-veil sm:p-6 sm:pt-[10vh] short:sm:p-2">
          <Dialog.Content
            aria-describedby={undefined}
            onCloseAutoFocus={(event) => {
              event.preventDefault()
              const { act, isLeaving } = picked.current ?? {}
              // A field that was left for another place would keep the keyboard from the rows there.
              if (!isLeaving && opener.current instanceof HTMLElement)
                opener.current.focus({ preventScroll: true })
              // Once the keyboard is back: what is done may take it elsewhere.
              act?.()
              if (isFocusLost()) currentContext().focusList?.()
            }}
            className="flex max-h-dvh w-full animate-rise flex-col bg-raised shadow-float outline-none max-sm:h-dvh sm:max-h-[min(80dvh,36rem)] sm:max-w-2xl sm:rounded-xl short:sm:max-h-full"
          >
            <Dialog.Title className="sr-only">Command palette</Dialog.Title>
            <Ariakit.ComboboxProvider open value={typed} setValue={setTyped} focusLoop={false}>
              <div className="flex shrink-0 items-center gap-2 border-line border-b py-2 pr-2 pl-4">
                <Search aria-hidden="true" className="size-4.5 shrink-0 text-faint" />
                <Ariakit.Combobox
                  autoSelect="always"
                  autoFocus
                  aria-label="Search"
                  placeholder={props.canBrowse ? 'Find files, folders and actions' : 'Find actions'}
                  autoComplete="none"
                  spellCheck={false}
                  enterKeyHint="go"
                  onKeyDown={(event) => {
                    const isCommand = event.ctrlKey || event.metaKey
                    setIsWaiting(false)
                    if (isCommand && event.key.toLowerCase() === 'k') {
                      event.preventDefault()
                      onClose()
                    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
                      event.preventDefault()
                      const item = activeItem(event.currentTarget, groups) ?? first
                      if (item) pick(item, { isOther: isCommand })
                      else setIsWaiting(state.isSearching)
                    }
                  }}
                  className="h-9 min-w-0 grow bg-transparent text-base outline-none pointer-coarse:h-11 pointer-coarse:text-lg"
                />
                <Dialog.Close asChild>
                  <IconButton label="Close" icon={<X />} />
                </Dialog.Close>
              </div>
              <Ariakit.ComboboxList
                alwaysVisible
                aria-label="Results"
                aria-busy={state.isSearching || undefined}
                className="scroll-area min-h-0 grow scroll-py-8 px-2 pb-2"
              >
                {groups.map(({ label, items }) => (
                  <Ariakit.ComboboxGroup key={label}>
                    <Ariakit.ComboboxGroupLabel className="sticky top-0 bg-raised px-2 pt-2 pb-1 text-muted text-xs">
                      {label}
                    </Ariakit.ComboboxGroupLabel>
                    {items.map((item) => (
                      <PaletteOption key={item.id} item={item} onPick={pick} />
                    ))}
                  </Ariakit.ComboboxGroup>
                ))}
              </Ariakit.ComboboxList>
            </Ariakit.ComboboxProvider>
            <PaletteFoot {...state} typed={typed} canBrowse={props.canBrowse} />
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** The one that the keyboard is on; it may have gone with what was typed before. */
function activeItem(field: Element, groups: readonly Group[]): PaletteItem | undefined {
  const option = document.getElementById(field.getAttribute('aria-activedescendant') ?? '')
  return groups.flatMap(({ items }) => items).find(({ id }) => id === option?.dataset.item)
}

/** What is found now, in groups that are never empty; and how far the search is. */
function useFound(
  { queries, canBrowse }: CommandPaletteProps,
  { typed, targets }: { typed: string; targets: ReturnType<typeof findTargets> },
) {
  const queryClient = useQueryClient()
  const description = useSnapshot(serverDescription)
  const hasSearch = canBrowse && description?.additions.includes('search') === true
  const [search] = useState(() =>
    createFileSearch({
      clock: browserClock,
      peek: (q) => queryClient.getQueryData(queries.search(q).queryKey),
      read: (q, signal) => readSearch(q, signal),
    }),
  )
  function readSearch(q: string, signal: AbortSignal) {
    const query = queries.search(q)
    signal.addEventListener('abort', () => void queryClient.cancelQueries(query), { once: true })
    return queryClient.fetchQuery(query)
  }
  const found = useSnapshot(search)
  useEffect(() => {
    if (hasSearch) search.ask(typed)
  }, [search, hasSearch, typed])
  useEffect(() => search.stop, [search])

  const tree = useQuery({ ...queries.tree(), enabled: canBrowse })
  const words = readWords(typed)
  const files = hasSearch
    ? readFound(found.items)
    : canBrowse
      ? findSeen({ queryClient, queries }, words)
      : []
  const groups: Group[] = [
    { label: 'Actions', items: findActions(words, targets) },
    { label: 'Folders', items: canBrowse ? findFolders(tree.data, words) : [] },
    { label: 'Files', items: files },
  ].filter(({ items }) => items.length > 0)
  return { groups, state: { ...found, hasSearch, files: files.length, onRetry: search.retry } }
}

/** What is done once the palette is closed; `isLeaving`: the keyboard is wanted elsewhere then. */
type Picked = { act: () => void; isLeaving?: boolean }

/** What Enter and a press do with an item, and with Ctrl held. */
function usePick(
  { hrefOf, onGo }: CommandPaletteProps,
  close: (picked: Picked) => void,
): (item: PaletteItem, how: { isOther: boolean }) => void {
  function openBeside(link: string | null) {
    if (link === null) announce('The server gave no usable link for this file.')
    else close({ act: () => openLink(link) })
  }
  const go = (href: string) => close({ act: () => onGo(href), isLeaving: true })
  return (item, { isOther }) => {
    if (item.kind === 'file') {
      if (isOther) openBeside(item.link)
      else go(hrefOf(item.folder, item.label))
    } else if (item.kind === 'folder') {
      const open = isOther ? openBeside : go
      open(hrefOf(item.path))
    } else if (item.unavailableReason === undefined) close({ act: item.run })
  }
}
