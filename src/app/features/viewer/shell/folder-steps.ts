import { formatNumber } from '#app/lib/format.ts'

type Named = { key: string; name: string }
export type Files<File extends Named> = readonly (File | undefined)[]

/**
 * Where the file is that the address names: of several with one name the one with `key`, which was
 * stepped to. -1 where none is loaded.
 */
export function findPosition<File extends Named>(
  files: Files<File>,
  name: string,
  key: string | null,
): number {
  // A lone half of a surrogate pair is no part of an address.
  const isNamed = (file: File | undefined) =>
    file !== undefined && (file.name === name || file.name.toWellFormed() === name)
  const stepped = key === null ? -1 : files.findIndex((file) => file?.key === key && isNamed(file))
  return stepped >= 0 ? stepped : files.findIndex(isNamed)
}

/** Files around the one that is shown that are loaded before they are stepped to. */
const ahead = 12

/** The nearest one that is not loaded, or the end where more may come; null while all around are. */
export function findMissing<File extends Named>(
  files: Files<File>,
  at: number,
  isSized: boolean,
): number | null {
  for (let step = 1; step <= ahead; step += 1) {
    if (at + step >= files.length) return isSized ? findBefore(files, at) : files.length
    if (!files[at + step]) return at + step
    if (at - step >= 0 && !files[at - step]) return at - step
  }
  return null
}

function findBefore<File extends Named>(files: Files<File>, at: number): number | null {
  for (let step = 1; step <= ahead && at - step >= 0; step += 1) {
    if (!files[at - step]) return at - step
  }
  return null
}

/** `12 of 430`; `12 of 430 loaded` where nobody knows how many there are. */
export function describePosition(at: number, count: number, isSized: boolean): string {
  return `${formatNumber(at + 1)} of ${formatNumber(count)}${isSized ? '' : ' loaded'}`
}
