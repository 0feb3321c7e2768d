import { type KeyboardEvent, type MouseEvent, useState } from 'react'
import type { Entry } from './entry.ts'
import { readListKey } from './list-keys.ts'
import { moveTo, type Selection, type SelectMode, select, takeStep } from './selection.ts'
import { createTypeahead, isTyped } from './typeahead.ts'

export type ListParts = {
  entries: readonly Entry[]
  selection: Selection
  onSelectionChange: (selection: Selection) => void
  onOpen: (entry: Entry, how: { byKeyboard: boolean }) => void
  onLeave: () => void
  /** Brings a row into sight and gives it the focus. */
  focusRow: (index: number) => void
  shape: () => { pageRows: number; columns: number }
}

/**
 * Presses and keys of the whole grid, read where they bubble to: one pair of handlers instead of five
 * for each of a thousand rows.
 */
export function useListEvents(parts: ListParts) {
  const { entries, selection, onSelectionChange, onOpen } = parts
  const [typeahead] = useState(createTypeahead)
  const order = () => entries.map((entry) => entry.key)

  function handleClick(event: MouseEvent) {
    const entry = entries[pressedRow(event, entries)]
    if (!entry || isOnControl(event.target)) return
    // The cell around a checkbox counts as the checkbox: it is small for a finger.
    const isChoosing = selection.chosen.size > 0 || isOnCheck(event.target)
    // A finger opens with one tap, as everywhere on such screens; a mouse chooses first.
    if (isTouch(event) && !isChoosing) return onOpen(entry, { byKeyboard: false })
    const mode = isTouch(event) || isOnCheck(event.target) ? 'toggle' : readMode(event)
    onSelectionChange(select(selection, entry.key, { mode, order: order() }))
  }

  function handleDoubleClick(event: MouseEvent) {
    const entry = entries[pressedRow(event, entries)]
    if (entry && !isOnControl(event.target) && !isOnCheck(event.target))
      onOpen(entry, { byKeyboard: false })
  }

  function goTo(next: Selection, index: number) {
    onSelectionChange(next)
    parts.focusRow(index)
  }

  function handleLetter(event: KeyboardEvent, index: number) {
    const names = entries.map((entry) => entry.name)
    const found = typeahead.find(event.key, { names, from: index, now: event.timeStamp })
    const entry = found === null ? undefined : entries[found]
    if (found !== null && entry) goTo(moveTo(selection, entry.key), found)
  }

  function handleStep(event: KeyboardEvent, index: number) {
    const step = readListKey(event, { ...parts.shape(), index, count: entries.length })
    const entry = entries[index]
    // A button or checkbox inside the row has its own Enter and Space.
    const isForRow = isOnRow(event) || (step?.do !== 'open' && step?.do !== 'toggle')
    if (!step || !entry || !isForRow) return
    event.preventDefault()
    if (step.do === 'open') return onOpen(entry, { byKeyboard: true })
    const next = takeStep(selection, step, { order: order(), index })
    if ('index' in step) goTo(next, step.index)
    else onSelectionChange(next)
  }

  function handleKeyDown(event: KeyboardEvent) {
    const index = pressedRow(event, entries)
    if (index === -1 || event.defaultPrevented) return
    if (isOnRow(event) && event.key === 'Backspace') parts.onLeave()
    else if (isOnRow(event) && isTyped(event, typeahead)) handleLetter(event, index)
    else handleStep(event, index)
  }

  return { onClick: handleClick, onDoubleClick: handleDoubleClick, onKeyDown: handleKeyDown }
}

/** The index of the row that an event happened in; -1 outside all. */
function pressedRow(event: MouseEvent | KeyboardEvent, entries: readonly Entry[]): number {
  const row = event.target instanceof Element ? event.target.closest('[data-key]') : null
  const key = row?.getAttribute('data-key')
  return key == null ? -1 : entries.findIndex((entry) => entry.key === key)
}

function readMode(event: MouseEvent): SelectMode {
  if (event.shiftKey) return 'range'
  return event.ctrlKey || event.metaKey ? 'toggle' : 'only'
}

function isOnRow(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.hasAttribute('data-key')
}

function isOnControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('button, a, input') !== null
}

function isOnCheck(target: EventTarget): boolean {
  return target instanceof Element && target.closest('[data-part=check]') !== null
}

function isTouch(event: MouseEvent): boolean {
  return event.nativeEvent instanceof PointerEvent && event.nativeEvent.pointerType === 'touch'
}
