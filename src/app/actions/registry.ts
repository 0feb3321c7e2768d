import {
  ArrowUp,
  Check,
  FileUp,
  FolderUp,
  Keyboard,
  Link2,
  List,
  LogOut,
  type LucideIcon,
  RefreshCw,
  Search,
  X,
} from 'lucide-react'
import { createElement, type ReactElement } from 'react'
import { missingScope } from '#app/api/http/api-key-text.ts'
import type { Scope } from '#contract/api-keys.ts'
import { type Abilities, type ActionContext, currentContext } from './action-context.ts'
import { linkActions } from './link-actions.ts'
import { manageActions } from './manage-actions.ts'
import { takeAwayActions } from './take-away-actions.ts'
import { viewActions } from './view-actions.ts'

/**
 * Where a shortcut holds: on a row, anywhere in the list, where nothing has the focus, on any page, while
 * one types in a field.
 */
type Reach = 'row' | 'list' | 'lost' | 'page' | 'field'

export type Action = {
  id: string
  group: 'Bring in' | 'Files and folders' | 'Selection' | 'List' | 'Page'
  /** What it is called; of several files it says how many. */
  label: (context: ActionContext) => string
  icon: LucideIcon
  /** What the key needs for it; null where any key will do. */
  scope: Scope | null
  /** As `aria-keyshortcuts` writes them, several with a space between; null for none. */
  shortcut: string | null
  reach: readonly Reach[]
  /** By key it is about all that is selected where the row with the keyboard is. */
  takesSelection?: boolean
  /** True where it can be done, false where it has no place, words for why it cannot be done now. */
  when: (context: ActionContext) => boolean | string
  run: (context: ActionContext) => void
}

const none = { scope: null, shortcut: null, reach: [] } as const
const files = { ...none, group: 'Files and folders' } as const

/** For what a part of the screen does by itself. */
function by<Ability extends keyof Abilities>(
  ability: Ability,
  ...given: Parameters<Abilities[Ability]>
) {
  return {
    when: (context: ActionContext) => context[ability] !== undefined,
    run: (context: ActionContext) =>
      void (context[ability] as ((...given: unknown[]) => void) | undefined)?.(...given),
  }
}

/** Everything a person can do with the list and on the page, whichever way: button, menu or key. */
const table = {
  'upload-files': {
    ...none,
    group: 'Bring in',
    label: () => 'Upload files',
    icon: FileUp,
    scope: 'upload',
    ...by('chooseFiles', 'files'),
  },
  'upload-folder': {
    ...none,
    group: 'Bring in',
    label: () => 'Upload folder',
    icon: FolderUp,
    scope: 'upload',
    ...by('chooseFiles', 'folder'),
  },
  'import-links': {
    ...none,
    group: 'Bring in',
    label: () => 'Import links',
    icon: Link2,
    scope: 'import',
    ...by('importLinks'),
  },
  ...linkActions,
  ...takeAwayActions,
  ...manageActions,
  'go-up': {
    ...files,
    label: () => 'Go to the folder above',
    icon: ArrowUp,
    shortcut: 'Backspace',
    reach: ['row'],
    ...by('goUp'),
  },
  select: {
    ...none,
    group: 'Selection',
    label: ({ targets: [target], isSelected }) =>
      target && isSelected?.(target) ? 'Deselect' : 'Select',
    icon: Check,
    shortcut: 'Space',
    reach: ['row'],
    when: ({ targets, toggle }) => targets.length === 1 && toggle !== undefined,
    run: ({ targets: [target], toggle }) => target && toggle?.(target),
  },
  'select-all': {
    ...none,
    group: 'Selection',
    label: () => 'Select all',
    icon: List,
    shortcut: 'Control+A',
    reach: ['list', 'lost'],
    when: ({ selectAll }) => selectAll !== undefined,
    run({ focusList, selectAll }) {
      focusList?.()
      selectAll?.()
    },
  },
  'clear-selection': {
    ...none,
    group: 'Selection',
    label: () => 'Clear selection',
    icon: X,
    shortcut: 'Escape',
    reach: ['list'],
    ...by('clearSelection'),
  },
  menu: {
    ...none,
    group: 'List',
    label: () => 'Open the context menu',
    icon: List,
    shortcut: 'Shift+F10 ContextMenu',
    reach: ['list', 'lost'],
    when: ({ openMenu }) => openMenu !== undefined,
    run: ({ openMenu }) => openMenu?.(document.activeElement ?? document.body),
  },
  'focus-list': {
    ...none,
    group: 'List',
    label: () => 'Go to the list',
    icon: List,
    shortcut: 'ArrowDown ArrowUp Home End PageDown PageUp',
    reach: ['lost'],
    ...by('focusList'),
  },
  filter: {
    ...none,
    group: 'List',
    label: () => 'Filter files',
    icon: Search,
    shortcut: '/',
    reach: ['page'],
    ...by('focusFilter'),
  },
  refresh: {
    ...none,
    group: 'List',
    label: () => 'Refresh',
    icon: RefreshCw,
    ...by('refresh'),
  },
  ...viewActions,
  shortcuts: {
    ...none,
    group: 'Page',
    label: () => 'Keyboard shortcuts',
    icon: Keyboard,
    shortcut: '?',
    reach: ['page'],
    ...by('showShortcuts'),
  },
  'sign-out': {
    ...none,
    group: 'Page',
    label: () => 'Sign out',
    icon: LogOut,
    ...by('signOut'),
  },
} satisfies Record<string, Omit<Action, 'id'>>

export type ActionId = keyof typeof table

export const actions: readonly Action[] = Object.entries(table).map(([id, rest]) => ({
  id,
  ...rest,
}))

/** An action as buttons and menus show it. */
export type ActionItem = {
  label: string
  icon: ReactElement
  shortcut: string | null
  unavailableReason: string | undefined
  onSelect: () => void
}

/**
 * An action as a button or a menu shows it. Where no context is given, it is that of the moment when it
 * is done.
 */
export function actionItem(id: ActionId, context?: ActionContext): ActionItem {
  const action: Omit<Action, 'id'> = table[id]
  const can = availability(action, context ?? currentContext())
  return {
    label: action.label(context ?? currentContext()),
    icon: createElement(action.icon),
    shortcut: action.shortcut,
    unavailableReason: typeof can === 'string' ? can : undefined,
    onSelect: () => action.run(context ?? currentContext()),
  }
}

/** Those of the actions that have a place here, also where they cannot be done now. */
export function actionItems(ids: readonly ActionId[], context: ActionContext): ActionItem[] {
  return ids
    .filter((id) => availability(table[id], context) !== false)
    .map((id) => actionItem(id, context))
}

/** See `Action.when`; what the key may not do comes first. */
export function availability(
  { scope, when }: Pick<Action, 'scope' | 'when'>,
  context: ActionContext,
): boolean | string {
  const can = when(context)
  if (can === false || scope === null || context.scopes.includes(scope)) return can
  return missingScope[scope].reason
}
