import {
  ArrowUp,
  ChevronDown,
  ChevronUp,
  Info,
  LayoutGrid,
  List,
  type LucideIcon,
  Search,
} from 'lucide-react'
import type { Abilities } from './action-context.ts'
import type { Action } from './registry.ts'

type ViewAction = Omit<Action, 'id'>
type ViewAbility =
  | 'showAsList'
  | 'showAsTiles'
  | 'toggleDetails'
  | 'showTransfers'
  | 'hideTransfers'
  | 'showPalette'

function show(
  group: Action['group'],
  label: string,
  icon: LucideIcon,
  ability: ViewAbility,
): ViewAction {
  return {
    group,
    label: () => label,
    icon,
    scope: null,
    shortcut: null,
    reach: [],
    when: (context) => context[ability] !== undefined,
    run: (context) => context[ability]?.(),
  }
}

function sort(label: string, column: Parameters<Abilities['sortBy']>[0]): ViewAction {
  return {
    ...show('List', label, ArrowUp, 'showAsList'),
    when: ({ sortBy }) => sortBy !== undefined,
    run: ({ sortBy }) => sortBy?.(column),
  }
}

/** How things are shown; nothing of it changes a file. */
export const viewActions = {
  'view-list': show('List', 'Show as list', List, 'showAsList'),
  'view-tiles': show('List', 'Show as tiles', LayoutGrid, 'showAsTiles'),
  details: {
    ...show('Files and folders', 'Details', Info, 'toggleDetails'),
    shortcut: 'I',
    reach: ['list', 'lost'],
  },
  'sort-name': sort('Sort by name', 'name'),
  'sort-size': sort('Sort by size', 'size'),
  'sort-uploaded': sort('Sort by time of upload', 'uploaded'),
  'show-transfers': show('Page', 'Show transfers', ChevronUp, 'showTransfers'),
  'hide-transfers': show('Page', 'Hide transfers', ChevronDown, 'hideTransfers'),
  palette: {
    ...show('Page', 'Command palette', Search, 'showPalette'),
    shortcut: 'Control+K',
    reach: ['page', 'field'],
  },
} satisfies Record<string, ViewAction>
