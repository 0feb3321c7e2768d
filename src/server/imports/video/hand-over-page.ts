import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImportWorkFolder } from '#server/imports/programs/work-folder.ts'
import type { OpenedPage } from '#server/imports/source/read-page.ts'

/**
 * Puts a page that is open already where the python-guard finds it and gives it to yt-dlp: some links work once, and
 * sites count who asks. Resolves with what yt-dlp's environment gets for it.
 */
export async function handOverPage(
  { home }: ImportWorkFolder,
  page: OpenedPage | null,
): Promise<Record<string, string>> {
  if (page === null) return {}
  const { links, headers, body } = page
  const path = join(home, 'page')
  await writeFile(path, body, { mode: 0o600 })
  await writeFile(`${path}.json`, JSON.stringify({ links, headers }), { mode: 0o600 })
  return { BARKEEP_PAGE: path }
}
