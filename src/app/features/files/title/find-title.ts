import type { Entry, FileEntry } from '#app/features/files/folder/entry.ts'

/** A folder that is about one film. */
export type Title = {
  name: string
  film: FileEntry
  /** The picture that lies beside it; null where there is none. */
  poster: FileEntry | null
  /** What the subtitles beside it are in, in words. */
  subtitles: string[]
}

/** More files than an import makes are a collection. */
const mostFiles = 40
const companions = /^(subtitles|image|text|document|audio)$/

/**
 * Whether a folder, with all that is in it, is what the import of a video makes: one film, and beside it
 * only files that bear its name. Null where it is not; one file alone is a title where the folder is
 * called like it.
 */
export function findTitle(folderName: string, entries: readonly Entry[]): Title | null {
  const files = entries.filter((entry) => entry.kind === 'file')
  if (files.length < entries.length || files.length > mostFiles) return null
  const [film, ...more] = files.filter(({ fileKind }) => fileKind === 'video')
  if (!film || film.link === null || more.length > 0) return null
  const name = film.name.replace(/\.[^.]*$/, '')
  const others = files.filter((file) => file !== film)
  const isOurs = (file: FileEntry) =>
    companions.test(file.fileKind) && file.name.startsWith(`${name}.`)
  if (!others.every(isOurs) || (others.length === 0 && folderName !== name)) return null
  const subtitles = others.filter(({ fileKind }) => fileKind === 'subtitles')
  return {
    ...{ name, film },
    poster: others.find(({ fileKind, link }) => fileKind === 'image' && link !== null) ?? null,
    subtitles: [...new Set(subtitles.map((file) => languageOf(file.name.slice(name.length + 1))))],
  }
}

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })

/** `de.vtt` is German; what tells no language is told as it is. */
function languageOf(ending: string): string {
  const word = ending.replace(/\.?[^.]*$/, '')
  if (word === '') return 'Without a language'
  try {
    return languages.of(word.replaceAll('_', '-')) ?? word
  } catch {
    return word
  }
}
