import { Download, ExternalLink, Eye, Link2 } from 'lucide-react'
import { count } from '#app/lib/format.ts'
import type { Target } from './action-context.ts'
import { copyLinks, downloadFiles, isSavedByBrowser, openLink } from './open-link.ts'
import type { Action } from './registry.ts'

const files = { group: 'Files and folders', scope: null, shortcut: null, reach: [] } as const

/** What is done with a file by its link: looked at, handed on, saved. */
export const linkActions = {
  open: {
    ...files,
    label: () => 'Open',
    icon: Eye,
    shortcut: 'Enter',
    reach: ['row'],
    when: ({ targets: [target, ...others] }) =>
      target !== undefined &&
      target.kind !== 'trashed' &&
      others.length === 0 &&
      whyNoLink([target]),
    run: ({ targets: [target], open }) => target && open?.(target),
  },
  'open-in-tab': {
    ...files,
    label: () => 'Open in a new tab',
    icon: ExternalLink,
    when: ({ targets }) =>
      targets.length === 1 && targets[0]?.kind === 'file' && whyNoLink(targets),
    run({ targets }) {
      for (const { link } of linked(targets)) openLink(link)
    },
  },
  'copy-link': {
    ...files,
    label: ({ targets }) =>
      targets.length > 1 ? `Copy ${count(linked(targets).length, 'link')}` : 'Copy link',
    icon: Link2,
    when: ({ targets }) => hasFiles(targets) && whyNoLink(targets),
    run({ targets, copyText = copyLinks }) {
      const links = linked(targets).map(({ link }) => link)
      void copyText(links.join('\n'))
    },
  },
  'copy-address': {
    ...files,
    label: () => 'Copy address',
    icon: Link2,
    when: ({ targets, addressOf }) => targets.length === 1 && addressOf !== undefined,
    run: ({ targets: [target], addressOf }) =>
      target && addressOf && void copyLinks(addressOf(target)),
  },
  download: {
    ...files,
    label: ({ targets }) =>
      targets.length > 1 ? `Download ${count(linked(targets).length, 'file')}` : 'Download',
    icon: Download,
    when: ({ targets }) => hasFiles(targets) && whyNotTogether(targets),
    run: ({ targets }) => void downloadFiles(linked(targets)),
  },
} satisfies Record<string, Omit<Action, 'id'>>

type LinkedFile = Extract<Target, { kind: 'file' }> & { link: string }

function linked(targets: readonly Target[]): LinkedFile[] {
  return targets.filter((one): one is LinkedFile => one.kind === 'file' && one.link !== null)
}

function hasFiles(targets: readonly Target[]): boolean {
  // Of several, folders and files without a link are left out; one alone says why.
  return targets.length === 1 ? targets[0]?.kind === 'file' : linked(targets).length > 0
}

function whyNoLink([target, ...others]: readonly Target[]): true | string {
  const lacksLink = target?.kind === 'file' && target.link === null && others.length === 0
  return lacksLink ? 'The server gave no usable link for this file.' : true
}

/** Browsers ask before a page saves several files; more than this is a case for a program. */
const mostAtOnce = 50

function whyNotTogether(targets: readonly Target[]): true | string {
  const found = linked(targets)
  if (found.length > mostAtOnce) return `Choose ${mostAtOnce} files at most to download them.`
  if (found.length > 1 && found.some(({ link }) => !isSavedByBrowser(link))) {
    return 'This service’s links open files instead of saving them: download one at a time.'
  }
  return whyNoLink(targets)
}
