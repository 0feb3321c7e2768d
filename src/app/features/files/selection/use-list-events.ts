import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  useRef,
  useState,
} from 'react'
import type { Entry } from '#app/features/files/folder/entry.ts'
import { type ListStep, readListKey } from './list-keys.ts'
import { moveTo, type Selection, type SelectMode, select, takeStep } from './selection.ts'
import { createTypeahead, isKeyOfAction, isTyped } from './typeahead.ts'

export type ListOptions = {
  /** `undefined` for one that is there and not loaded. */
  entries: readonly (Entry | undefined)[]
  selection: Selection
  onSelectionChange: (selection: Selection) => void
  onOpen: (entry: Entry) => void
  /** The last of the rows that are loaded was asked for. */
  onEnd: () => void
  /** The row that Tab reaches. */
  activeIndex: number
  /** The keyboard is to go to a row that is not loaded. */
  onAwait: (step: ListStep) => void
  /** Something else is done. */
  onAct: () => void
  /** Brings a row into sight and gives it the focus. */
  focusRow: (index: number) => void
  shape: () => { pageRows: number; columns: number }
}

/**
 * Presses and keys of the whole grid, read where they bubble to: one pair of handlers instead of five
 * for each of a thousand rows.
 */
export function useListEvents(parts: ListOptions) {
  const { entries, selection, onSelectionChange } = parts
  const [typeahead] = useState(createTypeahead)
  const order = () => keysOf(entries)

  function goTo(next: Selection, index: number) {
    onSelectionChange(next)
    parts.focusRow(index)
  }

  function handleLetter(event: KeyboardEvent, index: number) {
    // Within a word it is a letter, and no shortcut.
    if (isKeyOfAction(event.key)) event.preventDefault()
    const names = entries.map((entry) => entry?.name ?? '')
    const found = typeahead.find(event.key, { names, from: index, now: event.timeStamp })
    const entry = found === null ? undefined : entries[found]
    if (found !== null && entry) goTo(moveTo(selection, entry.key), found)
  }

  function handleStep(event: KeyboardEvent, index: number) {
    const step = readListKey(event, { ...parts.shape(), index, count: entries.length })
    const entry = entries[index]
    if (!step || !entry) return
    event.preventDefault()
    if (!entries[step.index]) return parts.onAwait(step)
    goTo(takeStep(selection, step, { order: order(), index }), step.index)
    if (event.key === 'End') parts.onEnd()
  }

  function handleRowKey(event: KeyboardEvent, index: number) {
    if (isTyped(event, typeahead)) handleLetter(event, index)
    else handleStep(event, index)
  }

  function handleKeyDown(event: KeyboardEvent) {
    // A menu is drawn elsewhere, but its events come through its row as well.
    const isInside = event.target instanceof Node && event.currentTarget.contains(event.target)
    if (event.defaultPrevented || !isInside) return
    parts.onAct()
    const index = pressedRow(event, entries)
    if (isOnRow(event) || event.target === event.currentTarget) handleRowKey(event, index)
    // From the head of the list, the keys that move lead into it.
    else handleStep(event, index === -1 ? parts.activeIndex : index)
  }

  return { ...usePresses(parts), onKeyDown: handleKeyDown }
}

/**
 * A finger opens with one tap, as everywhere on such screens; a mouse selects, and opens with two. A pen does
 * as the screen does: a finger's work on a tablet, a mouse's beside a mouse. `pointerdown` alone says which it
 * is: `click` is a MouseEvent in some browsers, and calls a finger a mouse in others.
 */
function usePresses({ entries, selection, onSelectionChange, onOpen, onAct }: ListOptions) {
  const press = useRef<{ by: string | null; isDown: boolean }>({ by: null, isDown: false })
  const isTouch = () => {
    const { by } = press.current
    return by === null || by === 'pen' ? isTouchScreen() : by === 'touch'
  }

  function handleTap(event: MouseEvent, entry: Entry) {
    // The cell around a checkbox counts as the checkbox: it is small for a finger.
    if (selection.chosen.size > 0 || isOnCheck(event.target)) choose(entry, 'toggle')
    // The second tap of two, by habit, must not open what has come under the finger.
    else if (event.detail < 2) onOpen(entry)
  }

  function choose(entry: Entry, mode: SelectMode) {
    const order = keysOf(entries)
    onSelectionChange(select(selection, entry.key, { mode, order }))
  }

  function handleClick(event: MouseEvent) {
    // Another tab is the browser's work; else the link is a part of its row.
    const isOnName = nameLink(event.target) !== null
    if (isOnName && isCommand(event)) return
    if (isOnName) event.preventDefault()
    pressRow(event)
  }

  function pressRow(event: MouseEvent) {
    const entry = entries[pressedRow(event, entries)]
    if (!entry) return
    if (isOnControl(event.target)) onSelectionChange(moveTo(selection, entry.key))
    else if (isTouch()) handleTap(event, entry)
    else choose(entry, isOnCheck(event.target) ? 'toggle' : readMode(event))
  }

  function handleDoubleClick(event: MouseEvent) {
    const entry = entries[pressedRow(event, entries)]
    if (!entry || isTouch() || isOnControl(event.target) || isOnCheck(event.target)) return
    onOpen(entry)
  }

  /** However the focus comes to a row, the keyboard goes on from there. A press says more: see above. */
  function handleFocus(event: FocusEvent) {
    // The keys are the row's; a link takes the focus of whatever presses it.
    nameLink(event.target)?.closest<HTMLElement>('[data-key]')?.focus({ preventScroll: true })
    const entry = press.current.isDown ? undefined : entries[pressedRow(event, entries)]
    if (entry) onSelectionChange(moveTo(selection, entry.key))
  }

  const release = () => {
    press.current.isDown = false
  }
  return {
    onPointerDown: (event: PointerEvent) => {
      onAct()
      press.current = { by: event.pointerType, isDown: true }
    },
    onPointerUp: release,
    onPointerCancel: release,
    onPointerLeave: release,
    onClick: handleClick,
    onDoubleClick: handleDoubleClick,
    onFocus: handleFocus,
  }
}

/** Also where nothing was pressed, as when a screen reader clicks. */
function isTouchScreen(): boolean {
  return window.matchMedia('(pointer: coarse)').matches
}

/** The index of the row that an event happened in; -1 outside all. */
export function pressedRow(
  event: { target: EventTarget },
  entries: readonly (Entry | undefined)[],
): number {
  const row = event.target instanceof Element ? event.target.closest('[data-key]') : null
  const key = row?.getAttribute('data-key')
  return key == null ? -1 : entries.findIndex((entry) => entry?.key === key)
}

/** In their order, by row; '' for one that is not loaded. */
export function keysOf(entries: readonly (Entry | undefined)[]): string[] {
  return entries.map((entry) => entry?.key ?? '')
}

function readMode(event: MouseEvent): SelectMode {
  if (event.shiftKey) return 'range'
  return isCommand(event) ? 'toggle' : 'only'
}

function isCommand({ ctrlKey, metaKey }: MouseEvent): boolean {
  return ctrlKey || metaKey
}

function isOnRow(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.hasAttribute('data-key')
}

function isOnControl(target: EventTarget): boolean {
  return (
    target instanceof Element && target.closest('button, a, input') !== null && !nameLink(target)
  )
}

function nameLink(target: EventTarget): Element | null {
  return target instanceof Element ? target.closest('[data-part=name]') : null
}

function isOnCheck(target: EventTarget): boolean {
  return target instanceof Element && target.closest('[data-part=check]') !== null
}
