import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { fileKind } from '#contract/file-kind.ts'

export const repeats = ['off', 'all', 'one'] as const
export type Repeat = (typeof repeats)[number]
export const orders = ['in order', 'shuffled'] as const
export type Order = (typeof orders)[number]

/** The music of the folder, in the order shown. */
export function musicOf(siblings: readonly ViewedFile[]): ViewedFile[] {
  return siblings.filter(({ name, size }) => fileKind(name, size) === 'audio')
}

/** What plays on when `file` ends; null where it ends with it. `played` says what was heard, in that order. */
export function nextSong(
  file: ViewedFile,
  siblings: readonly ViewedFile[],
  how: { repeat: Repeat; order: Order; played: readonly string[]; random?: () => number },
): ViewedFile | null {
  if (how.repeat === 'one') return file
  const songs = musicOf(siblings)
  if (how.order === 'in order') {
    const next = songs[songs.indexOf(file) + 1]
    return next ?? (how.repeat === 'all' ? (songs[0] ?? null) : null)
  }
  const fresh = songs.filter((song) => song !== file && !how.played.includes(song.link))
  const others = songs.filter((song) => song !== file)
  const choice = fresh.length > 0 || how.repeat !== 'all' ? fresh : others.length ? others : songs
  return choice[Math.floor((how.random ?? Math.random)() * choice.length)] ?? null
}

/** A play list that programs open, with one file in it. */
export function writePlayList({ name, link }: ViewedFile): string {
  // A line break would be another line of the list.
  return `#EXTM3U\n#EXTINF:-1,${name.replaceAll(/[\r\n]/g, ' ')}\n${link}\n`
}

/** VLC's own kind of address, which it registers on most systems. */
export function vlcLink({ link }: ViewedFile): string {
  return `vlc://${link}`
}
