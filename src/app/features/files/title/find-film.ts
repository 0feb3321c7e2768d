import type { Entry, FileEntry } from '#app/features/files/folder/entry.ts'

/** More files than an import makes are a collection. */
const mostFiles = 40
const companions = /^(subtitles|image|text|document|audio)$/

/** A film's name without its ending, with which those of its companions begin. */
export function titleOf({ name }: FileEntry): string {
  return name.replace(/\.[^.]*$/, '')
}

/**
 * The film that a folder is about, by all that is in it: one, and beside it only files that bear its name,
 * as the import of a video makes them. Null where it is about none; one file alone is a title where the
 * folder is called like it.
 */
export function findFilm(folderName: string, entries: readonly Entry[]): FileEntry | null {
  const files = entries.filter((entry) => entry.kind === 'file')
  if (files.length < entries.length || files.length > mostFiles) return null
  const [film, ...more] = files.filter(({ fileKind }) => fileKind === 'video')
  if (!film || film.link === null || more.length > 0) return null
  const name = titleOf(film)
  const isOurs = (file: FileEntry) =>
    file === film || (companions.test(file.fileKind) && file.name.startsWith(`${name}.`))
  const isAlone = files.length === 1 && folderName !== name
  return files.every(isOurs) && !isAlone ? film : null
}
