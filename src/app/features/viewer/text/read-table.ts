import Papa from 'papaparse'

export type Table = {
  header: readonly string[]
  rows: readonly (readonly string[])[]
  /** Columns that the file has beside those in `header`. */
  hiddenColumns: number
  /** There are more rows in the text. */
  hasMoreRows: boolean
  delimiter: string
}

const mostColumns = 100
/** Of one view: a browser lays out tens of thousands of cells in a second. */
const mostCells = 20_000
const longestCell = 500

/**
 * The first rows of a CSV. `isWhole`: no more text follows; else the last row may be cut and is left out.
 * `limit` is the number of rows that are wanted; wide tables show fewer. Null for what is no table.
 */
export function readTable(
  text: string,
  { isWhole, limit, name = '' }: { isWhole: boolean; limit: number; name?: string },
): Table | null {
  // Excel writes the delimiter into the first line.
  const told = /^\ufeff?sep=(.)\r?\n/.exec(text)
  const delimiter = told?.[1] ?? (/\.(tsv|tab)$/i.test(name) ? '\t' : '')
  const { data, meta } = Papa.parse<string[]>(told ? text.slice(told[0].length) : text, {
    delimiter,
    delimitersToGuess: [',', ';', '\t', '|'],
    preview: limit + 2,
    skipEmptyLines: true,
  })
  const isCut = !isWhole && !meta.truncated
  const [header, ...rows] = isCut ? data.slice(0, -1) : data
  if (!header) return null
  const columns = widest([header, ...rows])
  const shown = Math.min(columns, mostColumns)
  const height = Math.min(limit, Math.max(50, Math.floor(mostCells / Math.max(1, shown))))
  return {
    header: Array.from({ length: shown }, (_, index) => cutCell(header[index] ?? '')),
    rows: rows.slice(0, height).map((row) => row.slice(0, shown).map(cutCell)),
    hiddenColumns: columns - shown,
    hasMoreRows: rows.length > height,
    delimiter: meta.delimiter,
  }
}

function widest(rows: readonly (readonly string[])[]): number {
  return rows.reduce((most, { length }) => Math.max(most, length), 0)
}

function cutCell(cell: string): string {
  return cell.length > longestCell ? `${cell.slice(0, longestCell)}…` : cell
}
