import { useEffect } from 'react'
import { isDialogOpen, isFocusLost, isTypedIn } from '#app/lib/browser/keyboard-focus.ts'
import { currentContext } from './action-context.ts'
import { type Action, actions, availability } from './registry.ts'

type KeyPress = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>

/** Whether a key press is one of the shortcuts, as `Control+A` or `Shift+F10 ContextMenu`. */
export function isShortcut(shortcut: string, press: KeyPress): boolean {
  const isCommand = press.ctrlKey || press.metaKey
  return shortcut.split(' ').some((one) => {
    const [key = '', ...held] = one.split('+').reverse()
    if (press.altKey || isCommand !== held.includes('Control')) return false
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
  if (isTypedIn(target) || isDialogOpen()) return
  const pressed = actions.filter(({ shortcut }) => shortcut && isShortcut(shortcut, event))
  const action = pressed.find((one) => isInReach(one, target))
  if (!action) return
  const row = currentContext().targetOf?.(target)
  const context = currentContext(row ? [row] : [])
  if (availability(action, context) !== true) return
  event.preventDefault()
  action.run(context)
}

function isInReach({ reach }: Action, target: Element): boolean {
  // A button or checkbox inside a row has its own Enter and Space.
  const isOnRow = target.matches('[data-key], [role=grid]')
  return reach.some((one) => {
    if (one === 'lost') return isFocusLost()
    return one === 'page' || (one === 'row' ? isOnRow : target.closest('[role=grid]') !== null)
  })
}
