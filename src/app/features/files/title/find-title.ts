import type { Entry, FileEntry } from '#app/features/files/folder/entry.ts'
import { findFilm, titleOf } from './find-film.ts'

/** A folder that is about one film. */
export type Title = {
  name: string
  film: FileEntry
  /** The picture that lies beside it; null where there is none. */
  poster: FileEntry | null
  /** What the subtitles beside it are in, in words. */
  subtitles: string[]
}

/** What a folder is about that `findFilm` knows a film of; null for others. */
export function findTitle(folderName: string, entries: readonly Entry[]): Title | null {
  const film = findFilm(folderName, entries)
  if (!film) return null
  const name = titleOf(film)
  const others = entries.filter((entry) => entry.kind === 'file').filter((file) => file !== film)
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
