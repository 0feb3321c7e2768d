import clsx from 'clsx'
import { useId } from 'react'
import type { GateSnapshot } from '#app/api/gate/gate-snapshot.ts'
import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { plural } from '#app/lib/format.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { useTick } from '#app/lib/use-now.ts'
import { countdown, countWaiting, isMoving } from './rate-text.ts'
import {
  type ChartColumn,
  type ChartRow,
  chartRows,
  sortRecent,
  totalsOf,
} from './recent-requests.ts'

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
