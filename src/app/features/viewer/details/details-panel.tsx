import clsx from 'clsx'
import { readViewed, type ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { useMediaQuery } from '#app/lib/browser/use-media-query.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import {
  describeChosen,
  describePlace,
  findSubject,
  type ListedEntry,
  type Subject,
} from './describe-rows.ts'
import { DetailRows, FileRows } from './detail-rows.tsx'
import { DetailsFrame } from './details-frame.tsx'

/** What is known of the file in the viewer, beside it; over its lower half where there is no room beside. */
export function DetailsPanel({ file, onClose }: { file: ViewedFile; onClose: () => void }) {
  return (
    <DetailsFrame
      onClose={onClose}
      className="absolute inset-x-0 bottom-0 z-50 max-h-[60%] border-line border-t sm:static sm:max-h-full sm:w-72 sm:shrink-0 sm:border-l"
    >
      <FileRows file={file} />
    </DetailsFrame>
  )
}

type FolderDetailsProps = Subject & {
  folder: FolderPath
  /** How many files of the folder are selected where that is all of them, loaded or not; else null. */
  wholeFiles: number | null
  /** `2 folders, 41 files`: what is known of the folder. */
  summary: string
  onClose: () => void
}

/** What is known of what is selected in a list, beside it; below it where there is no room beside. */
export function FolderDetails({ onClose, ...props }: FolderDetailsProps) {
  const isBeside = useMediaQuery('(width >= 80rem)')
  return (
    <DetailsFrame
      onClose={onClose}
      className={clsx('shrink-0 border-line', isBeside ? 'w-72 border-l' : 'max-h-[60%] border-t')}
    >
      <About {...props} about={findSubject(props)} />
    </DetailsFrame>
  )
}

function About({
  folder,
  about,
  wholeFiles,
  summary,
}: Omit<FolderDetailsProps, 'onClose'> & { about: readonly ListedEntry[] }) {
  const [entry, ...others] = about
  if (others.length > 0) return <DetailRows rows={describeChosen(about, wholeFiles)} />
  if (entry?.kind === 'file') {
    const viewed = readViewed(entry) ?? { ...entry, link: null, sharedLink: null }
    return <FileRows key={entry.key} file={viewed} folder={folder} />
  }
  return <DetailRows rows={describePlace(entry?.path ?? folder, entry ? null : summary)} />
}
