import { type Query, QueryClient } from '@tanstack/react-query'
import { isTransient } from '#app/api/http/api-error.ts'
import { longestPauseMs, onBrowserReconnect } from '#app/lib/retry.ts'

const minutes = 60_000

/**
 * react-query without the habits that burn the window: no blind retries, no refetch of what is fresh.
 * What could not be read for want of a connection is read again when that may be back, and now and then.
 */
export function createQueryClient(onReconnect = onBrowserReconnect): QueryClient {
  const queryClient = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5 * minutes,
        gcTime: 30 * minutes,
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        refetchInterval: nextTryMs,
        // A server on this machine answers without any network.
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
  onReconnect(
    () => void queryClient.refetchQueries({ type: 'active', predicate: hasLostConnection }),
  )
  return queryClient
}

/** Only while there is nothing to show: to read all pages again of what stands there would burn the window. */
function nextTryMs(query: Query): number | false {
  const { data, errorUpdateCount } = query.state
  if (data !== undefined || !hasLostConnection(query)) return false
  // No jitter, which would start the timer anew with each rendering: the tries of one reading have it.
  return longestPauseMs(errorUpdateCount + 2)
}

function hasLostConnection({ state }: Query): boolean {
  return state.status === 'error' && state.fetchStatus === 'idle' && isTransient(state.error)
}
