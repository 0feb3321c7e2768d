import { ArrowUpToLine, RotateCcw, X } from 'lucide-react'
import { memo, type ReactNode, useCallback } from 'react'
import { formatNumber } from '#app/lib/format.ts'
import type { TransferGroup } from '#app/lib/transfers/row-sections.ts'
import { bytesText, doneText, shareOf } from '#app/lib/transfers/run-text.ts'
import type { Transfer, TransfersSnapshot } from '#app/lib/transfers/transfer-rows.ts'
import type { TransferState } from '#app/lib/transfers/transfer-sums.ts'
import { IconButton } from '#app/ui/button.tsx'
import { MeasuredList, useKeptFocus } from './measured-list.tsx'
import { ProgressRow } from './progress-row.tsx'
import { TransferSummary, type TransferSummaryProps, toneOf } from './transfer-summary.tsx'

type Queue<Row> = TransferSummaryProps['queue'] & {
  at(index: number): Row | TransferGroup | undefined
  indexOf(id: string): number
  toggleGroup(id: string): void
  startNext(id: string): void
  startGroupNext(id: string): void
  abortAll(group?: string): void
  retryFailed(group?: string): void
}

export type TransferListProps<Row> = Omit<TransferSummaryProps, 'queue'> & {
  queue: Queue<Row>
  snapshot: TransfersSnapshot
  nameOf: (row: Row) => string
  renderRow: (row: Row, isInGroup: boolean) => ReactNode
  stateText: Record<TransferState, string>
  /** Whether amounts are bytes. */
  hasBytes: boolean
  /** What starts next: `Send next`. */
  nextLabel: string
}

/** A queue of transfers: its sums and what can be done with all, then its rows in their groups. */
export function TransferList<Row extends Transfer>(props: TransferListProps<Row>) {
  const { queue, nameOf, renderRow, stateText, hasBytes, nextLabel, ...summary } = props
  const { snapshot } = summary
  const keptFocus = useKeptFocus()
  // Stable, because heads render again only when their props change.
  const handleGroup = useCallback(
    (id: string, ask: GroupRequest) => {
      if (ask === 'toggle') queue.toggleGroup(id)
      if (ask === 'next') queue.startGroupNext(id)
      if (ask === 'retry') queue.retryFailed(id)
      if (ask === 'abort') queue.abortAll(id)
    },
    [queue],
  )
  return (
    <div {...keptFocus} className="flex h-full min-h-0 flex-col">
      <TransferSummary {...summary} queue={queue} />
      <MeasuredList
        items={queue}
        count={snapshot.items}
        nameOf={(item) => (isGroup(item) ? item.name : nameOf(item))}
        listOf={(item) => findList(item, queue, snapshot.items)}
        renderRow={(item) =>
          isGroup(item) ? (
            <GroupRow
              group={item}
              words={groupWords(item, stateText, hasBytes)}
              nextLabel={nextLabel}
              onAsk={handleGroup}
            />
          ) : (
            renderRow(item, headOf(item, queue) !== null)
          )
        }
      />
    </div>
  )
}

/** The head that a row stands below; null for one that stands alone. */
function headOf<Row extends Transfer>({ group }: Row, queue: Queue<Row>) {
  const index = group ? queue.indexOf(group.id) : -1
  const head = index === -1 ? undefined : queue.at(index)
  return head && isGroup(head) ? { index, head } : null
}

function findList<Row extends Transfer>(
  item: Row | TransferGroup,
  queue: Queue<Row>,
  count: number,
) {
  if (isGroup(item)) return null
  const found = headOf(item, queue)
  if (!found) return { id: '', head: -1, count }
  return { id: found.head.id, head: found.index, count: found.head.sums.totals.all }
}

function isGroup<Row>(item: Row | TransferGroup): item is TransferGroup {
  return typeof item === 'object' && item !== null && 'isOpen' in item
}

/** `1 to retry`, `106 of 800`, `2.1 of 16 GB`; of a closed one first how it is. */
function groupWords(
  { state, sums, isOpen }: TransferGroup,
  stateText: Record<TransferState, string>,
  hasBytes: boolean,
): string {
  const { failed, cancelled, all } = sums.totals
  if (cancelled === all) return stateText.cancelled
  const words = [
    isOpen ? null : stateText[state],
    failed > 0 ? `${formatNumber(failed)} to retry` : null,
    doneText(sums.totals),
    hasBytes ? bytesText(sums) : null,
  ]
  return words.filter((word) => word !== null).join('\n')
}

type GroupRequest = 'toggle' | 'next' | 'retry' | 'abort'

type GroupRowProps = {
  group: TransferGroup
  /** One a line. */
  words: string
  nextLabel: string
  onAsk: (id: string, ask: GroupRequest) => void
}

/** The head of a group. Renders again only when its numbers change. */
const GroupRow = memo(function GroupRow({ group, words, nextLabel, onAsk }: GroupRowProps) {
  const { id, name, isOpen, state, sums } = group
  const { totals } = sums
  return (
    <ProgressRow
      name={name}
      group={{ isOpen, onToggle: () => onAsk(id, 'toggle') }}
      link={null}
      place={null}
      progress={{ value: shareOf(sums), tone: toneOf[state] }}
      words={words.split('\n')}
      explanation={null}
    >
      {totals.waiting > 0 && totals.running === 0 && (
        <NextButton label={`${nextLabel}: all of ${name}`} onClick={() => onAsk(id, 'next')} />
      )}
      {totals.failed > 1 && totals.unfinished === 0 && (
        <IconButton
          label={`Retry what failed of ${name}`}
          icon={<RotateCcw />}
          size="small"
          onClick={() => onAsk(id, 'retry')}
        />
      )}
      {totals.unfinished > 0 && (
        <IconButton
          label={`Stop ${name}`}
          icon={<X />}
          size="small"
          onClick={() => onAsk(id, 'abort')}
        />
      )}
    </ProgressRow>
  )
})

/** For a row that waits behind others. */
export function NextButton({ label, onClick }: { label: string; onClick: () => void }) {
  return <IconButton label={label} icon={<ArrowUpToLine />} size="small" onClick={onClick} />
}
