import { X } from 'lucide-react'
import { Button } from '#app/ui/button.tsx'
import { IconButton } from '#app/ui/icon-button.tsx'
import { filesPageSize } from '#contract/files.ts'
import { ChosenActions } from './chosen-actions.tsx'
import { describeSelection } from './describe-selection.ts'
import type { Entry } from './entry.ts'
import type { Rest } from './use-selection.ts'

export type SelectionSummaryProps = {
  chosen: readonly Entry[]
  among: Parameters<typeof describeSelection>[1]
  onClear: () => void
  /** Given while all that is loaded is selected, and more is not loaded. */
  rest: Rest | null
}

/** What is selected, of how many, and what can be done with it. */
export function SelectionSummary({ chosen, among, onClear, rest }: SelectionSummaryProps) {
  return (
    <>
      <div className="flex min-w-0 flex-wrap items-center gap-x-2">
        {/* Its words break before its buttons lose each other. */}
        <p role="status" className="grow basis-44 font-medium text-ink">
          {describeSelection(chosen, among)}
        </p>
        <div className="flex items-center gap-2">
          {/* One alone has its buttons in its row. */}
          {chosen.length > 1 && <ChosenActions chosen={chosen} />}
          <IconButton label="Clear selection" icon={<X />} size="small" onClick={onClear} />
        </div>
      </div>
      {rest && <RestOfFolder {...rest} />}
    </>
  )
}

/** What is not loaded is not selected: says so, and what it takes. */
function RestOfFolder({ isLoading, onLoad, onStop }: Rest) {
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-2">
      <p>
        {isLoading
          ? 'Loading the rest…'
          : `More is not loaded: one request for each ${filesPageSize}.`}
      </p>
      <Button size="small" onClick={isLoading ? onStop : onLoad}>
        {isLoading ? 'Stop' : 'Load all'}
      </Button>
    </div>
  )
}
