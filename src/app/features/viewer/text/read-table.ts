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
const rowsOfStep = 1_000
/** Of one step: a browser lays out tens of thousands of cells in a second. */
const cellsOfStep = 20_000
/** More rows than these make a page slow; nobody reads them one by one. */
export const mostSteps = 10
const longestCell = 500

/**
 * The first rows of a CSV. `isWhole`: no more text follows; else the last row may be cut and is left out.
 * Each of `steps` is 1,000 rows, of wide tables fewer. Null for what is no table.
 */
export function readTable(
  text: string,
  { isWhole, steps, name = '' }: { isWhole: boolean; steps: number; name?: string },
): Table | null {
  // Excel writes the delimiter into the first line.
  const told = /^\ufeff?sep=(.)\r?\n/.exec(text)
  const delimiter = told?.[1] ?? (/\.(tsv|tab)$/i.test(name) ? '\t' : '')
  const { data, meta } = Papa.parse<string[]>(told ? text.slice(told[0].length) : text, {
    delimiter,
    delimitersToGuess: [',', ';', '\t', '|'],
    preview: steps * rowsOfStep + 2,
    skipEmptyLines: true,
  })
  const isCut = !isWhole && !meta.truncated
  const [header, ...rows] = isCut ? data.slice(0, -1) : data
  if (!header) return null
  const columns = widest([header, ...rows])
  const shown = Math.min(columns, mostColumns)
  const step = Math.min(rowsOfStep, Math.max(50, Math.floor(cellsOfStep / Math.max(1, shown))))
  const height = step * steps
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
