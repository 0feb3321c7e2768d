import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { count } from '#app/lib/format.ts'
import { Button } from '#app/ui/button.tsx'
import { mostSteps, readTable } from './read-table.ts'

export type TablePageProps = {
  text: string
  name: string
  /** No more text follows. */
  isWhole: boolean
  /** There is no table in it: the source is shown instead. */
  onFailed: () => void
  /** What stands below the last row. */
  end: ReactNode
}

/** A CSV as a table. Cells are text, whatever they begin with. */
export function TablePage({ text, name, isWhole, onFailed, end }: TablePageProps) {
  const [steps, setSteps] = useState(1)
  const table = useMemo(
    () => readTable(text, { isWhole, steps, name }),
    [text, isWhole, steps, name],
  )
  useEffect(() => {
    if (!table) onFailed()
  }, [table, onFailed])
  if (!table) return null
  const { header, rows, hiddenColumns, hasMoreRows } = table
  return (
    <>
      {hiddenColumns > 0 && (
        <p className="reader-end">{count(hiddenColumns, 'more column')} not shown.</p>
      )}
      <table className="reader-table">
        <thead>
          <tr>
            <th scope="col" aria-label="Row" />
            {header.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name
              <th key={index} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
            <tr key={index}>
              <th scope="row">{index + 1}</th>
              {header.map((_, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: nor have cells
                <td key={column} dir="auto">
                  {row[column]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {hasMoreRows ? (
        <div className="reader-end">
          <p role="status">The first {count(rows.length, 'row')} are shown.</p>
          {steps < mostSteps ? (
            <Button onClick={() => setSteps(steps + 1)}>Show more</Button>
          ) : (
            <p>Download the file to read the rest.</p>
          )}
        </div>
      ) : (
        end
      )}
    </>
  )
}
