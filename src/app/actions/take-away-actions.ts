import { FileArchive, Link } from 'lucide-react'
import type { Target } from './action-context.ts'
import type { Action } from './registry.ts'

const rows = {
  group: 'Files and folders',
  scope: null,
  shortcut: null,
  reach: [],
} as const

/** What takes files along: as one zip, and as links for others and for programs. */
export const takeAwayActions = {
  'download-zip': {
    ...rows,
    label: () => 'Download as zip',
    icon: FileArchive,
    when: ({ targets, takeAway }) =>
      takeAway !== undefined &&
      targets.every(({ kind }) => kind !== 'trashed') &&
      (targets.length > 1 || targets[0]?.kind === 'folder'),
    run: ({ targets, takeAway }) => takeAway?.('zip', targets),
  },
  links: {
    ...rows,
    label: () => 'Links…',
    icon: Link,
    when: ({ targets, takeAway }) => takeAway !== undefined && targets.some(hasLink),
    run: ({ targets, takeAway }) => takeAway?.('links', targets),
  },
} satisfies Record<string, Omit<Action, 'id'>>

function hasLink(target: Target): boolean {
  return target.kind === 'file' && target.link !== null
}
