/** Columns for reading; cells are never cut, and control characters of a name reach no terminal. */
export function formatTable(head: string[], rows: string[][]): string {
  const lines = [head, ...rows.map((row) => row.map(withoutControls))]
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  )
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function withoutControls(text: string): string {
  return text.replaceAll(/\p{Control}/gu, '\uFFFD')
}
