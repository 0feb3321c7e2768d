import clsx from 'clsx'
import { useId } from 'react'
import type { GateSnapshot } from '#app/api/gate/gate-snapshot.ts'
import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { useTick } from '#app/lib/browser/use-now.ts'
import { plural } from '#app/lib/format.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { countdown, countWaiting, isMoving } from './rate-text.ts'

const windowMs = 60_000
const columnCount = 30
const height = 64
/** Few requests are drawn small: a single one must not fill the chart. */
const smallestScale = 4

const rowNames: Record<ChartRow, string> = {
  uploads: 'Uploads',
  imports: 'Imports',
  browsing: 'Browsing',
  other: 'Other programs',
}

// Apart by lightness, and the last by its outline, so that they differ without colour too.
const rowFills: Record<ChartRow, string> = {
  uploads: 'fill-accent',
  imports: 'fill-edge',
  browsing: 'fill-ink',
  other: 'fill-transparent stroke-muted',
}

/** The last 60 seconds of a key's window by purpose: drawn, and as a table that is also the legend. */
export function RequestChart({ gate }: { gate: RateLimitGate }) {
  const snapshot = useSnapshot(gate)
  useTick(isMoving(snapshot) ? 1000 : null)
  const now = gate.now()
  const columns = sortRecent(snapshot.recent, { now, windowMs, columns: columnCount })
  const totals = totalsOf(columns)
  const notes = rateNotes(snapshot, now)
  return (
    <div className="flex flex-col gap-3">
      <div>
        <h2 className="font-medium">Last minute</h2>
        <p className="text-muted text-sm">
          {totals.total} of {snapshot.limit} requests used. Barkeep waits rather than have one
          refused.
        </p>
      </div>
      <Drawing columns={columns} total={totals.total} />
      <Legend totals={totals} />
      {notes.length > 0 && (
        <div className="flex flex-col gap-2 border-line border-t pt-3 text-muted text-sm">
          {notes.map((note) => (
            <p key={note} className="text-pretty">
              {note}
            </p>
          ))}
        </div>
      )}
    </div>
  )
}

function Drawing({ columns, total }: { columns: ChartColumn[]; total: number }) {
  const title = useId()
  const highest = Math.max(smallestScale, ...columns.map((column) => column.total))
  const unit = height / highest
  return (
    <figure>
      <svg viewBox={`0 0 ${columnCount * 10} ${height + 1}`} role="img" aria-labelledby={title}>
        <title id={title}>{`${total} requests in the last 60 seconds, newest on the right`}</title>
        {columns.map((column, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
          <g key={index} transform={`translate(${index * 10 + 1} 0)`}>
            {stack(column).map(({ row, from, count }) => (
              <rect
                key={row}
                x={row === 'other' ? 0.5 : 0}
                width={row === 'other' ? 7 : 8}
                y={height - (from + count) * unit + 0.5}
                height={Math.max(1, count * unit - 1)}
                className={rowFills[row]}
              />
            ))}
          </g>
        ))}
        <path d={`M0 ${height + 0.5}H${columnCount * 10}`} className="stroke-line" />
      </svg>
      <figcaption className="flex justify-between text-faint text-xs">
        <span>60 s ago</span>
        <span>now</span>
      </figcaption>
    </figure>
  )
}

function stack(column: ChartColumn) {
  let from = 0
  return chartRows
    .filter((row) => column[row] > 0)
    .map((row) => {
      const part = { row, from, count: column[row] }
      from += part.count
      return part
    })
}

function Legend({ totals }: { totals: ChartColumn }) {
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">Requests of the last 60 seconds by purpose</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">Purpose</th>
          <th scope="col">Requests</th>
        </tr>
      </thead>
      <tbody>
        {chartRows.map((row) => (
          <tr key={row} className={clsx(totals[row] === 0 && 'text-faint')}>
            <th scope="row" className="py-0.5 text-left font-normal">
              <svg aria-hidden="true" viewBox="0 0 10 10" className="mr-2 inline size-2.5">
                <rect x="0.5" y="0.5" width="9" height="9" className={rowFills[row]} />
              </svg>
              {rowNames[row]}
            </th>
            <td className="py-0.5 text-right">{totals[row]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What the popover says about the state, one sentence each; none while all is quiet. */
export function rateNotes(snapshot: GateSnapshot, now: number): string[] {
  const notes: string[] = []
  const { closedUntil, otherPrograms } = snapshot
  if (closedUntil !== null && closedUntil > now) {
    notes.push(
      `The server refused a request and asked for a pause of ${countdown(closedUntil, now)}. Nothing is lost.`,
    )
  }
  const waiting = countWaiting(snapshot)
  if (waiting > 0) {
    const last = countdown(now + snapshot.waitsMs, now)
    notes.push(
      plural(waiting, {
        one: `# request waits and goes out in ${last}.`,
        other: `# requests wait. The last of them goes out in ${last}.`,
      }),
    )
  }
  if (otherPrograms > 0) {
    notes.push('Another program uses this key too. Its requests come out of the same limit.')
  }
  return notes
}

/** The rows of the chart, bottom first. `account` calls are so few that they are told as browsing. */
const chartRows = ['uploads', 'imports', 'browsing', 'other'] as const
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
