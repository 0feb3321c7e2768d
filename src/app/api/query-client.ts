import { QueryClient } from '@tanstack/react-query'

const minutes = 60_000

/** react-query without the habits that burn the window: no retries, no refetch of what is fresh. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5 * minutes,
        gcTime: 30 * minutes,
        retry: false,
        retryOnMount: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
      },
      mutations: { retry: false },
    },
  })
}
