const doubleEnding = /\.(tar\.[^.]+|d\.ts)$/i

/** How much of a file's name is the name and not its ending: `archive.tar.gz` has 7, `.profile` all. */
export function stemLength(name: string): number {
  const double = doubleEnding.exec(name)
  if (double && double.index > 0) return double.index
  const dot = name.lastIndexOf('.')
  // A long last part, or one with a space in it, is no ending: `1. The beginning`.
  const isEnding = dot > 0 && /^\.[^\s.]{1,12}$/.test(name.slice(dot))
  return isEnding && /[^.]/.test(name.slice(0, dot)) ? dot : name.length
}
