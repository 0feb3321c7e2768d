import {
  cutToBytes,
  type FileName,
  fileNameMaxBytes,
  numberedFileName,
  utf8Length,
} from './file-name.ts'

// What Windows takes in no name, and what turns the reading direction or is not drawn at all.
const refused = /[<>:"/\\|?*\p{Cc}\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu
const device = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)/i

/**
 * A stored name as it can be unpacked on any system: one segment, never `.` or `..`, nothing that
 * Windows refuses or takes for a device.
 */
export function safeName(name: string): FileName {
  const plain = name
    .toWellFormed()
    .normalize('NFC')
    .replace(refused, '_')
    // Windows drops them, and then `a.` and `a` are one.
    .replace(/[. ]+$/, (end) => '_'.repeat(end.length))
  const kept = device.test(plain) ? `_${plain}` : plain
  return (cutToBytes(kept, fileNameMaxBytes) || '_') as FileName
}

/** The names of one folder of an archive. */
export type EntryNames = {
  /** A safe name that nothing else there has, not even in another case. */
  take(kind: 'file' | 'folder', name: string): FileName
}

/** Many systems know one name in two cases, or a file and a folder of one name, only once. */
export function createEntryNames(): EntryNames {
  const taken = new Set<string>()
  const numbers = new Map<string, number>()
  return {
    take(kind, name) {
      const safe = safeName(name)
      let found = safe
      for (let number = numbers.get(fold(safe)) ?? 2; taken.has(fold(found)); number += 1) {
        found = numbered(kind, safe, number)
        numbers.set(fold(safe), number + 1)
      }
      taken.add(fold(found))
      return found
    },
  }
}

function numbered(kind: 'file' | 'folder', name: FileName, number: number): FileName {
  if (kind === 'file') return numberedFileName(name, number)
  const suffix = ` (${number})`
  return (cutToBytes(name, fileNameMaxBytes - utf8Length(suffix)) + suffix) as FileName
}

function fold(name: string): string {
  return name.toUpperCase().toLowerCase().normalize('NFC')
}
