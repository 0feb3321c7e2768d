import type { TextStorage } from '#app/lib/browser/storage.ts'

/** Where a person was in a file, in seconds, and how it was played. */
export type Playback = { at: number; volume: number; isMuted: boolean; rate: number }

const storedAs = 'barkeep.playback'
/** The files played last; older ones begin anew. */
const mostFiles = 200

type Row = [file: string, at: number, volume: number, isMuted: 0 | 1, rate: number]

/** Remembers it in this browser, by a number made of the link: the link itself would give the file away. */
export function createPlaybackMemory(storage: TextStorage) {
  const read = (): Row[] => {
    try {
      const rows: unknown = JSON.parse(storage.get(storedAs) ?? '[]')
      return Array.isArray(rows) ? rows.filter(isRow) : []
    } catch {
      return []
    }
  }
  return {
    /** Of a file that was not played yet: from its start, as loud as the last one. */
    find(link: string): Playback {
      const rows = read()
      const file = nameOf(link)
      const known = rows.find(([one]) => one === file)
      const [, at = 0, volume = 1, isMuted = 0, rate = 1] = known ?? rows[0] ?? []
      const playback = { at, volume, isMuted: isMuted === 1, rate }
      return known ? playback : { ...playback, at: 0, rate: 1 }
    },
    keep(link: string, { at, volume, isMuted, rate }: Playback): void {
      const file = nameOf(link)
      const others = read().filter(([one]) => one !== file)
      const row: Row = [file, Math.floor(at), volume, isMuted ? 1 : 0, rate]
      storage.set(storedAs, JSON.stringify([row, ...others].slice(0, mostFiles)))
    },
  }
}

function isRow(row: unknown): row is Row {
  if (!Array.isArray(row) || typeof row[0] !== 'string') return false
  const [, at, volume, , rate] = row
  return at >= 0 && volume >= 0 && volume <= 1 && rate >= 0.25 && rate <= 4
}

/** 53 bits of the address's path (cyrb53). */
function nameOf(link: string): string {
  let one = 0xdeadbeef
  let other = 0x41c6ce57
  for (const sign of new URL(link, 'http://x').pathname) {
    const code = sign.codePointAt(0) ?? 0
    one = Math.imul(one ^ code, 2654435761)
    other = Math.imul(other ^ code, 1597334677)
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909)
  other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909)
  return (4294967296 * (2097151 & other) + (one >>> 0)).toString(36)
}

/** Where to go on: not in the last moments, and not for a few seconds. */
export function resumeAt(at: number, duration: number): number {
  return at < 10 || (duration > 0 && at > duration * 0.97) ? 0 : at
}
