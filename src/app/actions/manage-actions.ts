import {
  ClipboardPaste,
  Copy,
  FolderInput,
  FolderPlus,
  Inbox,
  type LucideIcon,
  PencilLine,
  RotateCcw,
  Scissors,
  Share2,
  Trash2,
  Undo2,
} from 'lucide-react'
import type { ShareKind } from '#contract/shares.ts'
import type { ActionContext, ManageStep, Target } from './action-context.ts'
import type { Action } from './registry.ts'

type ManageAction = Omit<Action, 'id'>

const rows = { group: 'Files and folders', scope: 'manage' } as const

/** About rows: where they can be managed, and none of them lies in the trash. */
function ofRows(
  what: ManageStep,
  label: string,
  icon: LucideIcon,
  rest: Pick<ManageAction, 'shortcut' | 'reach'> & { isForOne?: true },
): ManageAction {
  const { isForOne, ...keys } = rest
  return {
    ...rows,
    ...keys,
    label: () => label,
    icon,
    takesSelection: !isForOne,
    when: ({ targets, manage }) =>
      manage !== undefined &&
      targets.length > 0 &&
      (!isForOne || targets.length === 1) &&
      targets.every(({ kind }) => kind !== 'trashed'),
    run: ({ targets, manage }) => manage?.(what, targets),
  }
}

/** About the folder, or the page. */
function ofPage(
  what: ManageStep,
  label: string,
  icon: LucideIcon,
  rest: Pick<ManageAction, 'shortcut' | 'reach'>,
  when = (_: ActionContext) => true,
): ManageAction {
  return {
    ...rows,
    ...rest,
    label: () => label,
    icon,
    when: (context) => context.manage !== undefined && when(context),
    run: ({ manage }) => manage?.(what, []),
  }
}

const inTrash = (context: ActionContext) =>
  context.targets.length > 0 && context.targets.every(({ kind }) => kind === 'trashed')

function ofTrash(what: 'restore' | 'delete-for-ever', label: string, icon: LucideIcon) {
  return {
    ...rows,
    shortcut: null,
    reach: [],
    label: () => label,
    icon,
    when: (context) => context.manage !== undefined && inTrash(context),
    run: ({ targets, manage }) => manage?.(what, targets),
  } satisfies ManageAction
}

const none = { shortcut: null, reach: [] } as const

/** Links for others, to what is named, or to the folder that is shown. */
function ofLinks(
  kind: ShareKind,
  label: (targets: readonly Target[]) => string,
  icon: LucideIcon,
  fits: (targets: readonly Target[]) => boolean,
) {
  return {
    ...rows,
    ...none,
    label: ({ targets }) => label(targets),
    icon,
    when: ({ targets, share }) => share !== undefined && fits(targets),
    run: ({ targets, share }) => share?.(kind, targets),
  } satisfies ManageAction
}

const isOneFolder = ([target, ...others]: readonly Target[]) =>
  others.length === 0 && (target === undefined || target.kind === 'folder')

const onRows = (shortcut: string) => ({ shortcut, reach: ['list', 'lost'] }) as const
const onPage = (shortcut: string) => ({ shortcut, reach: ['page'] }) as const

/** What needs the scope `manage`, and a server that has it. */
export const manageActions = {
  rename: ofRows('rename', 'Rename', PencilLine, {
    shortcut: 'F2',
    reach: ['list'],
    isForOne: true,
  }),
  'move-to': ofRows('move', 'Move to…', FolderInput, none),
  'copy-to': ofRows('copy', 'Copy to…', Copy, none),
  cut: ofRows('cut', 'Cut', Scissors, onRows('Control+X')),
  'copy-rows': ofRows('copy-rows', 'Copy', Copy, onRows('Control+C')),
  // The browser's own event for the key knows what was copied last, here or elsewhere.
  paste: ofPage('paste', 'Paste', ClipboardPaste, none, ({ canPaste }) => canPaste === true),
  share: ofLinks(
    'read',
    (targets) => (targets.length === 0 ? 'Share this folder…' : 'Share…'),
    Share2,
    (targets) => targets.every(({ kind }) => kind !== 'trashed'),
  ),
  'ask-for-files': ofLinks('upload', () => 'Ask for files…', Inbox, isOneFolder),
  delete: ofRows('delete', 'Delete', Trash2, onRows('Delete')),
  'new-folder': ofPage('new-folder', 'New folder', FolderPlus, onPage('Control+Alt+N')),
  undo: ofPage('undo', 'Undo', Undo2, onPage('Control+Z'), ({ canUndo }) => canUndo === true),
  restore: ofTrash('restore', 'Restore', RotateCcw),
  'delete-for-ever': ofTrash('delete-for-ever', 'Delete for ever', Trash2),
  'empty-trash': ofPage('empty-trash', 'Empty trash', Trash2, none),
} satisfies Record<string, ManageAction>
