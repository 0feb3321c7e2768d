/**
 * What a name is sorted by, so that `a` and `B` come in the order people expect. The same on every
 * machine, unlike a collation of the system's language. Upper case first: `ß` and `SS` are one then.
 */
export function foldedName(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase()
}
