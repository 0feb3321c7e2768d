import type { ReactNode } from 'react'
import { Button } from './button.tsx'

type TransferSummaryProps = {
  words: string
  /** What a person should know about all of them; null mostly. */
  warning: string | null
  /** `SummaryAction`s. */
  children: ReactNode
}

/** Stands above a list of transfers: the sums, and what to do with many at once. */
export function TransferSummary({ words, warning, children }: TransferSummaryProps) {
  return (
    <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 border-line border-b px-4 py-1">
      <p className="min-w-0 grow basis-40 text-muted text-sm">{words}</p>
      <div className="flex flex-wrap items-center gap-x-1">{children}</div>
      {warning !== null && <p className="basis-full text-sm">{warning}</p>}
    </div>
  )
}

export function SummaryAction({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <Button tone="quiet" size="small" onClick={onClick}>
      {name}
    </Button>
  )
}
