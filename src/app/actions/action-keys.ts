import { useEffect } from 'react'
import { isDialogOpen, isFocusLost, isTypedIn } from '#app/lib/browser/keyboard-focus.ts'
import { currentContext, type Target } from './action-context.ts'
import { type Action, actions, availability } from './registry.ts'

type KeyPress = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'> & {
  code?: string
}

/** Whether a key press is one of the shortcuts, as `Control+A` or `Shift+F10 ContextMenu`. */
export function isShortcut(shortcut: string, press: KeyPress): boolean {
  const isCommand = press.ctrlKey || press.metaKey
  return shortcut.split(' ').some((one) => {
    const [key = '', ...held] = one.split('+').reverse()
    if (press.altKey !== held.includes('Alt') || isCommand !== held.includes('Control'))
      return false
    // With Alt a key may write another letter.
    if (press.altKey) return press.code === `Key${key}`
    // Another key with Shift is another command of the browser; `?` needs it on most keyboards.
    if (held.length > 0 && press.shiftKey !== held.includes('Shift')) return false
    return press.key.toLowerCase() === (key === 'Space' ? ' ' : key.toLowerCase())
  })
}

/** The one listener for the keys of all actions. What a part of the page takes itself is never one. */
export function useActionKeys(): void {
  useEffect(() => {
    const ending = new AbortController()
    document.addEventListener('keydown', handleKey, { signal: ending.signal })
    return () => ending.abort()
  }, [])
}

function handleKey(event: KeyboardEvent): void {
  const { target } = event
  if (event.defaultPrevented || !(target instanceof Element)) return
  if (isDialogOpen()) return
  // Text that is marked is what is meant to be copied.
  if (isShortcut('Control+C Control+X', event) && document.getSelection()?.isCollapsed === false)
    return
  const pressed = actions.filter(({ shortcut }) => shortcut && isShortcut(shortcut, event))
  const action = pressed.find((one) => isInReach(one, target))
  if (!action) return
  const context = currentContext(findTargets(action, target))
  if (availability(action, context) !== true) return
  event.preventDefault()
  action.run(context)
}

/** The row that has the keyboard; the whole selection where that is one of it, or none has the keyboard. */
function findTargets({ takesSelection }: Action, element: Element): readonly Target[] {
  const { targetOf, isSelected, selection } = currentContext()
  const row = targetOf?.(element)
  if (takesSelection && (!row || isSelected?.(row))) return selection?.() ?? []
  return row ? [row] : []
}

function isInReach({ reach }: Action, target: Element): boolean {
  if (isTypedIn(target)) return reach.includes('field')
  // A button or checkbox inside a row has its own Enter and Space.
  const isOnRow = target.matches('[data-key], [role=grid]')
  return reach.some((one) => {
    if (one === 'lost') return isFocusLost()
    return one === 'page' || (one === 'row' ? isOnRow : target.closest('[role=grid]') !== null)
  })
}
