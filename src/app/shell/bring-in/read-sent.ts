import { tabStorage } from '#app/lib/browser/storage.ts'
import { sentName } from '#app/shell/state/folder-href.ts'

/** The longest text that is taken, in characters: a page may send what it likes. */
const maxText = 200_000

export type SentHere = { text: string; files: File[] }

/**
 * Takes what the address has out of it, so that neither a reload nor Back asks again. The part behind `#`
 * counts as well: it reaches no server.
 */
export function holdSent({ search, hash }: { search: string; hash: string }): void {
  const sent = new URLSearchParams(search)
  for (const [name, value] of new URLSearchParams(hash.slice(1))) sent.append(name, value)
  const links = sent.getAll('url').map((url) => url.replace(/^web\+barkeep:(\/\/)?/i, ''))
  const text = [...sent.getAll('title'), ...sent.getAll('text'), ...links].join('\n')
  const shared = sent.get('shared')
  tabStorage.set(sentName, JSON.stringify({ text: text.slice(0, maxText), shared }))
}

/**
 * What was sent, once; null if nothing was.
 *
 * @throws Error with words for people where files were shared and are not there
 */
export async function takeSent(): Promise<SentHere | null> {
  const stored = tabStorage.get(sentName)
  if (stored === null) return null
  tabStorage.remove(sentName)
  const { text, shared } = JSON.parse(stored)
  if (shared === null) return { text, files: [] }
  const held = await openShared(shared).catch(() => null)
  if (held === null) {
    throw new Error(
      'What was shared is not there: this browser had no room for it. Add it with Upload.',
    )
  }
  return { text: [text, held.text].join('\n'), files: held.files }
}

/** What the service worker holds under `name`; null if it is gone. */
async function openShared(name: string): Promise<SentHere | null> {
  // Cached answers of other names are not ours to read.
  if (!/^\/shared-here\/[\w-]+$/.test(name)) return null
  const cache = await caches.open('barkeep-shared')
  const list = await cache.match(name)
  if (!list) return null
  const { text, files: listed } = await list.json()
  const files = await Promise.all(
    listed.map(async (file: { name: string; lastModified: number }, at: number) => {
      const bytes = await (await cache.match(`${name}/${at}`))?.blob()
      if (!bytes) throw new Error(`${file.name} is gone`)
      return new File([bytes], file.name, { lastModified: file.lastModified })
    }),
  )
  return { text, files }
}
