import { rootFolder } from '#contract/folder-path.ts'

/** `opened`: which of `names` have subfolders themselves. */
type Level = { names: string[]; opened: Set<string> }

/**
 * The answer of `GET /folders` as text. It is written directly: a tree of objects of the same
 * 100,000 folders, and then its text, takes three times as long.
 */
export function folderTreeJson(parents: { parent: string; names: string[] }[]): string {
  const levels = new Map<string, Level>()
  for (const { parent, names } of parents) levels.set(parent, { names, opened: new Set() })
  for (const path of levels.keys()) {
    if (path === rootFolder) continue
    const nameAt = path.lastIndexOf('/', path.length - 2) + 1
    levels.get(path.slice(0, nameAt))?.opened.add(path.slice(nameAt, -1))
  }
  let text = '{"status":"ok","tree":{"name":"","path":"/","folders":['

  /** `escaped` is `path` as it stands in JSON text. */
  function writeInside(path: string, escaped: string): void {
    const level = levels.get(path)
    if (level === undefined) return
    let comma = ''
    for (const name of level.names) {
      const escapedName = JSON.stringify(name).slice(1, -1)
      text += `${comma}{"name":"${escapedName}","path":"${escaped}${escapedName}/","folders":[`
      if (level.opened.has(name)) writeInside(`${path}${name}/`, `${escaped}${escapedName}/`)
      text += ']}'
      comma = ','
    }
  }

  writeInside(rootFolder, rootFolder)
  return `${text}]}}`
}
