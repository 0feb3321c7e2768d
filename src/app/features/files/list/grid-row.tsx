import clsx from 'clsx'
import { type ComponentProps, useState } from 'react'
import type { Entry } from '#app/features/files/folder/entry.ts'
import type { Renaming } from '#app/features/files/folder/row-marks.ts'
import type { Pictures } from '#app/features/files/thumbnails/use-pictures.ts'

/*
 * The roles of a grid on plain elements: a virtual list cannot be a <table>, whose rows would have to be
 * in the flow. The rows take the focus, so nothing else here does.
 */

export function GridRow(props: ComponentProps<'div'>) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  // biome-ignore lint/a11y/useFocusableInteractive: the rows that take the focus have a tabIndex
  return <div {...props} role="row" />
}

export function GridCell(props: ComponentProps<'div'> & { 'data-part'?: 'check' | 'actions' }) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  // biome-ignore lint/a11y/useFocusableInteractive: see above
  return <div {...props} role="gridcell" />
}

export function GridHeaderCell(props: ComponentProps<'div'>) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  // biome-ignore lint/a11y/useFocusableInteractive: see above
  return <div {...props} role="columnheader" />
}

export function GridRows(props: ComponentProps<'div'>) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  return <div {...props} role="rowgroup" />
}

/**
 * The name as a link to the entry's own address, for all that browsers do with one: another tab, its
 * address, dragging. Plain presses on it, and the keys, are the grid's.
 */
export function RowLink(props: ComponentProps<'a'>) {
  return (
    <a
      {...props}
      tabIndex={-1}
      data-part="name"
      className={clsx('min-w-0 cursor-default [-webkit-touch-callout:none]', props.className)}
    />
  )
}

/** The columns that the header, the rows and their skeletons share. */
export function columnsClass(isNarrow: boolean): string {
  return isNarrow
    ? 'grid-cols-[2.75rem_minmax(0,1fr)_auto] gap-x-1'
    : 'grid-cols-[2rem_minmax(0,1fr)_5.5rem_7rem_5.25rem] gap-x-2 pointer-coarse:grid-cols-[2rem_minmax(0,1fr)_5.5rem_7rem_5.5rem] lg:grid-cols-[2rem_minmax(0,1fr)_6.5rem_8.5rem_6rem]'
}

/** px. Rows with two lines where the columns do not fit beside the name. */
export function rowHeight(isNarrow: boolean): number {
  return isNarrow ? 56 : 38
}

/** Plain values, so that a row that did not change is not drawn again. */
export type EntryPlace = { top: number; height: number; left?: string; width?: string }

/** What a list row and a tile are given alike. */
export type RowProps = EntryPlace & {
  /** Of the element, which goes on to show other entries. */
  id: string
  entry: Entry
  /** Of the entry, in this app. */
  href: string
  /** From 1; the header is row 1. */
  rowIndex: number
  isSelected: boolean
  /** The row that Tab reaches. */
  isActive: boolean
  /** Set by the list when the keyboard moves: the row takes the focus once it is there. */
  pendingFocus: { current: boolean }
  isNarrow: boolean
  /** Without a pointer that hovers, or room for a hint where to hover, the buttons are always there. */
  alwaysHasActions: boolean
  onToggle: (key: string, how: { isRange: boolean }) => void
  /** It can be renamed, moved and deleted. */
  canManage: boolean
  /** It waits to be pasted elsewhere. */
  isCut: boolean
  /** What draws its thumbnail; null until that is loaded. */
  Picture: Pictures['Picture'] | null
  /** Its name is a text field. */
  renaming: Renaming | null
}

/** Where what is dropped goes, and what can be dragged there, or out of the window. */
export function dragProps({ entry, canManage, renaming }: RowProps) {
  const isTaken = canManage || (entry.kind === 'file' && entry.link !== null)
  return {
    draggable: isTaken && renaming === null,
    ...(entry.kind === 'folder' ? { 'data-folder': entry.path } : {}),
  }
}

/**
 * Whether a row has its buttons now. Those of rows that nobody points at, stands on or has chosen would be
 * two thirds of what a long list is made of. A row that scrolls by under a still pointer is not pointed at.
 */
export function useRowActions(props: RowProps) {
  const { entry, isActive, isSelected, alwaysHasActions } = props
  // Its key, because the element of the row may go on to show another one.
  const [pointedAt, setPointedAt] = useState<string | null>(null)
  const hasActions = pointedAt === entry.key || isActive || isSelected || alwaysHasActions
  return {
    hasActions: hasActions && canHaveActions(props),
    pointerProps: {
      onPointerMove: () => setPointedAt(entry.key),
      onPointerLeave: () => setPointedAt(null),
    },
  }
}

/** A folder has no link: there is nothing to do with it where it cannot be managed. */
export function canHaveActions({ entry, canManage }: RowProps): boolean {
  return entry.kind === 'file' || canManage
}

const sheet =
  'M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2zM14 2v5a1 1 0 0 0 1 1h5'
const writing = `${sheet}M10 9H8M16 13H8M16 17H8`
const square = 'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z'

/** Lucide's shapes, each as one path: its components are up to ten elements, in every row of the list. */
const shapes: Record<'folder' | Extract<Entry, { kind: 'file' }>['fileKind'], string> = {
  folder:
    'M20 20a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-7.9a2 2 0 0 1-1.69-.9L9.6 3.9A2 2 0 0 0 7.93 3H4a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2Z',
  video: `${square}M7 3v18M3 7.5h4M3 12h18M3 16.5h4M17 3v18M17 7.5h4M17 16.5h4`,
  audio:
    'M21 16V3a1 1 0 0 0-1.28-.96l-10 2.917a1 1 0 0 0-.72.96V19a3 3 0 1 1-6 0 3 3 0 0 1 6 0M21 16a3 3 0 1 1-6 0 3 3 0 0 1 6 0',
  image: `${square}M11 9a2 2 0 1 1-4 0 2 2 0 0 1 4 0M21 15l-3.086-3.086a2 2 0 0 0-2.828 0L6 21`,
  text: writing,
  document: writing,
  archive:
    'M3 3h18a1 1 0 0 1 1 1v3a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM4 8v11a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8M10 12h4',
  subtitles:
    'M5 5h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM7 15h4M15 15h2M7 11h2M13 11h4',
  other: sheet,
}

type Shown = { kind: 'folder' } | Pick<Extract<Entry, { kind: 'file' }>, 'kind' | 'fileKind'>

/** What kind of thing a row is, at a glance. Says nothing that the name does not say. */
export function FileIcon({ entry, className }: { entry: Shown; className?: string }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      // Visible, because a clip in each row is most of what painting them costs.
      className={clsx(
        'shrink-0 overflow-visible',
        entry.kind === 'folder' ? 'fill-accent/25 text-accent' : 'text-faint',
        className ?? 'size-4.5',
      )}
    >
      <path d={shapes['fileKind' in entry ? entry.fileKind : 'folder']} />
    </svg>
  )
}
