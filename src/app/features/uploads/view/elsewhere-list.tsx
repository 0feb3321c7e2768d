import type { Elsewhere } from '#app/features/uploads/queue/other-tabs.ts'
import { newUpload } from '#app/features/uploads/upload.ts'
import { count, formatNumber } from '#app/lib/format.ts'
import { ProgressRow } from '#app/ui/progress/progress-row.tsx'
import { nameOf, progressText } from './upload-text.ts'

const mostShown = 3

/** What other tabs send: to be seen here, and stopped there. */
export function ElsewhereList({ elsewhere }: { elsewhere: Elsewhere }) {
  const { unfinished, running } = elsewhere
  if (unfinished === 0) return null
  const shown = running.slice(0, mostShown)
  const others = unfinished - shown.length
  return (
    <section aria-label="In another tab" className="shrink-0">
      <ul>
        {shown.map((upload) => {
          const { id, folder, size, sentBytes } = upload
          const name = nameOf({ name: upload.name, failure: null })
          const words = progressText(newUpload(upload, { state: 'running', sentBytes }))
          return (
            <li key={id} aria-label={name}>
              <ProgressRow
                {...{ name, link: null, place: null, explanation: null }}
                progress={{ value: size ? sentBytes / size : 0, tone: 'accent' }}
                words={['In another tab', ...words, folder]}
              >
                {null}
              </ProgressRow>
            </li>
          )
        })}
      </ul>
      {others > 0 && (
        <p className="border-line border-b px-4 py-1 text-muted text-sm">
          {shown.length === 0
            ? `${count(others, 'upload')} in another tab.`
            : `${formatNumber(others)} more in another tab.`}
        </p>
      )}
    </section>
  )
}
