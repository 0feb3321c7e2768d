import type { GroupName } from '#app/lib/transfers/row-sections.ts'

let lastGroup: GroupName = { id: '', name: '' }

/** The folder it was dropped with: `Trip/day 1/a.txt` that goes to `/Films/Trip/day 1/` is of `/Films/Trip/`. */
export function findGroup({ folder, path }: { folder: string; path?: string | null | undefined }) {
  const [name = '', ...inside] = (path ?? '').normalize('NFC').split('/')
  const below = inside.slice(0, -1).map((part) => `${part}/`)
  const end = [`${name}/`, ...below].join('')
  if (inside.length === 0 || !folder.endsWith(`/${end}`)) return null
  const id = folder.slice(0, folder.length - below.join('').length)
  // Thousands have the same one.
  if (lastGroup.id !== id) lastGroup = { id, name }
  return lastGroup
}
