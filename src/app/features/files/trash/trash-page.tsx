import { useQuery } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react'
import { manageContext, useAbilities } from '#app/actions/action-context.ts'
import { actionItems } from '#app/actions/registry.ts'
import { useContextMenu } from '#app/actions/use-context-menu.tsx'
import {
  type LoadedTrash,
  loadMoreTrash,
  type TrashDeps,
  trashQuery,
} from '#app/api/cache/trash.ts'
import { readError, useErrorText } from '#app/features/files/folder/use-error-text.ts'
import { count, formatBytes } from '#app/lib/format.ts'
import { announce } from '#app/ui/announcer.tsx'
import { Button } from '#app/ui/button.tsx'
import { Checkbox } from '#app/ui/checkbox.tsx'
import { Alert, EmptyState } from '#app/ui/empty-state.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'
import type { TrashItem } from '#contract/manage.ts'
import { TrashRow, targetOf } from './trash-row.tsx'

export type TrashPageProps = TrashDeps & {
  /** Before the heading: the button that opens the drawer, on narrow screens. */
  start: ReactNode
}

/** The place `Trash`: what was deleted, until it is restored or deleted for ever. */
export function TrashPage(props: TrashPageProps) {
  const trash = useQuery(trashQuery(props))
  const text = useErrorText(trash.error)
  const { data } = trash
  return (
    <main className="flex min-h-0 min-w-0 grow flex-col">
      <header className="flex min-h-13 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b px-3 py-2">
        <div className="flex min-w-0 grow items-center gap-1">
          {props.start}
          <h1 className="px-1.5 font-semibold">Trash</h1>
          {data && data.total > 0 && (
            <p className="truncate text-muted text-sm">
              {count(data.total, 'item')} · {formatBytes(data.totalSize)}
            </p>
          )}
        </div>
        {data && data.total > 0 && <EmptyTrash />}
      </header>
      {data && data.total > 0 && <TrashList {...props} data={data} />}
      {data?.total === 0 && (
        <EmptyState icon={<Trash2 />} title="The trash is empty">
          What you delete comes here first, and can be restored.
        </EmptyState>
      )}
      {!data && text && (
        <Alert
          title={text.title}
          className="m-4"
          action={<Button onClick={() => void trash.refetch()}>Try again</Button>}
        >
          {text.nextStep}
        </Alert>
      )}
      {trash.isPending && (
        <div aria-busy="true" className="flex flex-col gap-5 p-5">
          <Skeleton className="h-3 w-64" />
          <Skeleton className="h-3 w-48" />
        </div>
      )}
    </main>
  )
}

function EmptyTrash() {
  const [item] = actionItems(['empty-trash'], manageContext([]))
  if (!item) return null
  return (
    <Button icon={item.icon} onClick={item.onSelect}>
      {item.label}
    </Button>
  )
}

function TrashList(props: TrashPageProps & { data: LoadedTrash }) {
  const { data } = props
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const shown = data.items.filter(({ id }) => chosen.has(id))
  const selected = shown.map(targetOf)
  const menu = useContextMenu(selected)
  const more = useMore(props)
  useAbilities({
    targetOf(element) {
      const key = element.closest('[data-key]')?.getAttribute('data-key')
      const item = data.items.find(({ id }) => id === key)
      return item ? targetOf(item) : null
    },
  })
  const toggle = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  const isAll = shown.length === data.items.length
  return (
    <>
      <div {...menu.areaProps} className="scroll-area min-h-0 grow">
        <table aria-label="Trash" className="w-full border-collapse">
          <thead className="sticky top-0 z-10 bg-canvas text-left text-muted text-sm">
            <tr className="h-9 border-line border-b">
              <th className="w-11 pl-3 font-normal">
                <Checkbox
                  label="Select all"
                  checked={shown.length === 0 ? false : isAll || 'mixed'}
                  onChange={() => setChosen(new Set(isAll ? [] : data.items.map(({ id }) => id)))}
                />
              </th>
              <th className="font-normal">Name</th>
              <th className="w-28 pr-4 text-right font-normal max-sm:hidden">Size</th>
              <th className="w-40 font-normal max-lg:hidden">Deleted</th>
              <th className="w-36 font-normal max-sm:hidden">Kept for</th>
              <th className="w-12">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((item) => (
              <TrashRow
                key={item.id}
                item={item}
                isSelected={chosen.has(item.id)}
                onToggle={() => toggle(item.id)}
              />
            ))}
          </tbody>
        </table>
        {data.hasMore && (
          <div ref={more.ref} className="p-3 text-center">
            <Button size="small" isPending={more.isLoading} onClick={more.load}>
              Load more
            </Button>
          </div>
        )}
      </div>
      {shown.length > 0 && <ChosenBar chosen={shown} />}
      {menu.element}
    </>
  )
}

/** The next page comes when its button comes into sight. */
function useMore(deps: TrashDeps) {
  const [isLoading, setIsLoading] = useState(false)
  const ref = useRef<HTMLDivElement>(null)
  const load = useEffectEvent(() => {
    if (isLoading) return
    setIsLoading(true)
    // Where it fails, the button is there to try again.
    void loadMoreTrash(deps)
      .catch(async (error: unknown) => announce((await readError(error)).title))
      .then(() => setIsLoading(false))
  })
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new IntersectionObserver(([entry]) => void (entry?.isIntersecting && load()))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, isLoading, load: () => load() }
}

/** What can be done with what is selected. */
function ChosenBar({ chosen }: { chosen: readonly TrashItem[] }) {
  const size = chosen.reduce((sum, one) => sum + one.size, 0)
  const items = actionItems(['restore', 'delete-for-ever'], manageContext(chosen.map(targetOf)))
  return (
    <footer className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-line border-t px-4 py-1 text-sm">
      <p role="status" className="grow font-medium">
        {count(chosen.length, 'item')} selected · {formatBytes(size)}
      </p>
      {items.map((item) => (
        <Button key={item.label} size="small" tone="quiet" icon={item.icon} onClick={item.onSelect}>
          {item.label}
        </Button>
      ))}
    </footer>
  )
}
