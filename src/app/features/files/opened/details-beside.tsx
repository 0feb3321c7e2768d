import { type ComponentType, Suspense } from 'react'
import { useAbilities } from '#app/actions/action-context.ts'
import type { Entry } from '#app/features/files/folder/entry.ts'
import type { Selection } from '#app/features/files/selection/selection.ts'
import { useStoredChoice } from '#app/lib/browser/storage.ts'
import type { FolderPath } from '#contract/folder-path.ts'

/** What the panel `Details` is given of the folder; the shell knows which panel that is. */
export type FolderDetailsProps = {
  folder: FolderPath
  rows: readonly (Entry | undefined)[]
  selection: Selection
  /** What is selected among `rows`. */
  chosen: readonly Entry[]
  /** How many files of the folder are selected where that is all of them, loaded or not; else null. */
  wholeFiles: number | null
  /** `2 folders, 41 files`: what is known of the folder. */
  summary: string
  onClose: () => void
}

type DetailsBesideProps = Omit<FolderDetailsProps, 'onClose'> & {
  viewing: { Details: ComponentType<FolderDetailsProps> }
}

/** The panel beside the list, while it is open; open or not is remembered in this browser. */
export function DetailsBeside(props: DetailsBesideProps) {
  const { Details } = props.viewing
  const [state, setState] = useStoredChoice('barkeep.list-details', ['closed', 'open'])
  const toggle = () => setState(state === 'open' ? 'closed' : 'open')
  useAbilities({ toggleDetails: toggle })
  return (
    state === 'open' && (
      <Suspense fallback={null}>
        <Details {...props} onClose={toggle} />
      </Suspense>
    )
  )
}
