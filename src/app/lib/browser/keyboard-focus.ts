/** Whether keys that are pressed now would be text in the element. */
export function isTypedIn(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('textarea, input:not([type=checkbox])'))
  )
}

/** Whether a dialog, a popover or a menu has the keyboard, or is about to have it. */
export function isDialogOpen(): boolean {
  return document.querySelector('[role=dialog], [role=menu]') !== null
}

/** Nothing has the focus, and no dialog is about to have it. */
export function isFocusLost(): boolean {
  return (document.activeElement ?? document.body) === document.body && !isDialogOpen()
}
