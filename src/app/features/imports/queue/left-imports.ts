import type { PageClaims } from '#app/api/tabs/page-claims.ts'
import type { ImportJob } from './import-job.ts'

export type OpenClaims = () => Promise<Pick<PageClaims, 'show' | 'claim'>>

/** If the code cannot be loaded every page counts as alive, so that nothing is started twice. */
export const browserClaims: OpenClaims = async () => {
  try {
    return (await import('#app/api/tabs/page-claims.ts')).pageClaims()
  } catch {
    return { show: async () => {}, claim: async () => false }
  }
}

/** The jobs whose page is gone, page by page: nobody else starts them. */
export async function* findLeft(
  jobs: readonly ImportJob[],
  openClaims: OpenClaims,
): AsyncGenerator<readonly ImportJob[]> {
  for (const [page, ofPage] of Map.groupBy(jobs, ({ tabId }) => tabId)) {
    const isGone = await openClaims().then((claims) => claims.claim(page))
    if (isGone) yield ofPage
  }
}
