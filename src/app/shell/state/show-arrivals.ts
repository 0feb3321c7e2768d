import { addFilesToListing, addFolderToTree, type CachePatch } from '#app/api/cache/queries.ts'
import type { ArrivedFile } from '#app/features/uploads/upload.ts'
import { atMostEvery, browserClock } from '#app/lib/clock.ts'
import { type FolderPath, parseFolderPath } from '#contract/folder-path.ts'

/** ms */
const showIntervalMs = 250

/**
 * Shows files that were uploaded in the listings and in the tree, without asking the server: the first at
 * once, those of a crowd together.
 *
 * @param findCache null while nobody is connected: then there is nothing to show them in
 */
export function createArrivals(findCache: () => CachePatch | null) {
  let arrived: ArrivedFile[] = []
  const showing = atMostEvery(browserClock, showIntervalMs, show)

  function show() {
    const byFolder = Map.groupBy(arrived, ({ folder }) => readFolder(folder))
    arrived = []
    const cache = findCache()
    const uploaded_at = new Date().toISOString()
    for (const [folder, some] of byFolder) {
      if (folder === null || cache === null) continue
      const files = some.map(({ file_name: name, size, link }) => ({
        name,
        size,
        link,
        uploaded_at,
      }))
      // Where the code for it does not come, a refresh shows the files.
      void addFilesToListing(cache, folder, files).catch(() => {})
      void addFolderToTree(cache, folder).catch(() => {})
    }
  }

  return {
    add(file: ArrivedFile) {
      arrived.push(file)
      showing.ask()
    },
    forget() {
      arrived = []
    },
  }
}

export function readFolder(text: string | undefined): FolderPath | null {
  const parsed = parseFolderPath(text ?? '')
  return parsed.ok ? parsed.value : null
}
