import { type QueryClient, queryOptions } from '@tanstack/react-query'
import type { ApiClient } from '#app/api/http/client.ts'
import type { Me } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { TrashItem, TrashPage } from '#contract/manage.ts'

/** The trash as far as it is loaded. */
export type LoadedTrash = {
  items: readonly TrashItem[]
  /** Of the whole trash; `totalSize` in bytes. */
  total: number
  totalSize: number
  nextOffset: number
  hasMore: boolean
}

export type TrashDeps = { client: ApiClient; me: Me; queryClient: QueryClient }

const how = { lane: 'person', purpose: 'browsing' } as const

/** Read anew whenever it is opened: much of what happens to files changes it. */
export function trashQuery({ client, me }: Pick<TrashDeps, 'client' | 'me'>) {
  return queryOptions({
    queryKey: [me.key.id, 'trash'],
    queryFn: async ({ signal }): Promise<LoadedTrash> =>
      loaded(await client.call(endpoints.trash, { query: { offset: 0 }, ...how, signal })),
    staleTime: 0,
  })
}

function loaded(page: TrashPage, before: readonly TrashItem[] = []): LoadedTrash {
  const ids = new Set(before.map(({ id }) => id))
  return {
    // What was deleted meanwhile moves the others on: one may come twice.
    items: before.concat(page.items.filter(({ id }) => !ids.has(id))),
    total: page.total,
    totalSize: page.total_size,
    nextOffset: page.next_offset,
    hasMore: page.has_more && page.items.length > 0,
  }
}

/** Adds the next page. Throws what the call throws. */
export async function loadMoreTrash(deps: TrashDeps): Promise<LoadedTrash | null> {
  const { queryKey } = trashQuery(deps)
  const known = deps.queryClient.getQueryData(queryKey)
  if (!known?.hasMore) return known ?? null
  const query = { offset: known.nextOffset }
  const page = await deps.client.call(endpoints.trash, { query, ...how })
  const next = loaded(page, deps.queryClient.getQueryData(queryKey)?.items)
  deps.queryClient.setQueryData(queryKey, next)
  return next
}

/** The trash without these, on screen. */
export function takeOutOfTrash(deps: TrashDeps, ids: ReadonlySet<string>): void {
  deps.queryClient.setQueryData(trashQuery(deps).queryKey, (known) => {
    if (!known) return known
    const items = known.items.filter(({ id }) => !ids.has(id))
    const gone = known.items.filter(({ id }) => ids.has(id))
    const size = gone.reduce((sum, one) => sum + one.size, 0)
    return {
      ...known,
      items,
      total: Math.max(0, known.total - gone.length),
      totalSize: Math.max(0, known.totalSize - size),
      nextOffset: Math.max(0, known.nextOffset - gone.length),
    }
  })
}

/** Asks for it again where it is shown, else when it is opened. */
export function refreshTrash(deps: TrashDeps): void {
  void deps.queryClient.invalidateQueries({ queryKey: trashQuery(deps).queryKey })
}
