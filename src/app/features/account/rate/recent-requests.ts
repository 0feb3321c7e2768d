import type { GateSnapshot } from '#app/api/gate/gate-snapshot.ts'

/** The rows of the chart, bottom first. `account` calls are so few that they are told as browsing. */
export const chartRows = ['uploads', 'imports', 'browsing', 'other'] as const
export type ChartRow = (typeof chartRows)[number]

export type ChartColumn = Record<ChartRow, number> & { total: number }

type Window = { now: number; windowMs: number; columns: number }

/**
 * Sorts the requests of the window into columns of equal time, oldest first. Columns end at round
 * times, so that the drawing moves as a whole instead of each request by itself. Requests that are
 * older than the window, or ahead of `now`, are left out.
 */
export function sortRecent(recent: GateSnapshot['recent'], window: Window): ChartColumn[] {
  const columns = Array.from({ length: window.columns }, emptyColumn)
  const width = window.windowMs / window.columns
  for (const { at, purpose } of recent) {
    const age = window.now - at
    if (age < 0 || age >= window.windowMs) continue
    const columnsAgo = Math.floor(window.now / width) - Math.floor(at / width)
    // The oldest column is cut by the window's end: what lies beyond it in round time joins it.
    const column = columns[Math.max(0, window.columns - 1 - columnsAgo)]
    if (!column) continue
    column[purpose === 'account' ? 'browsing' : purpose] += 1
    column.total += 1
  }
  return columns
}

/** Requests of each row in all columns together. */
export function totalsOf(columns: ChartColumn[]): ChartColumn {
  const totals = emptyColumn()
  for (const column of columns) {
    for (const row of chartRows) totals[row] += column[row]
    totals.total += column.total
  }
  return totals
}

function emptyColumn(): ChartColumn {
  return { uploads: 0, imports: 0, browsing: 0, other: 0, total: 0 }
}
