const isMac = /Mac|iP(hone|ad)/.test(globalThis.navigator?.platform ?? '')

const names: Record<string, string> = {
  Control: isMac ? '⌘' : 'Ctrl',
  Escape: 'Esc',
  ContextMenu: 'Menu',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
}

/** Each of the shortcuts as keyboards name its keys: `Shift+F10 ContextMenu` gives `Shift + F10`, `Menu`. */
export function shortcutText(shortcut: string): string[] {
  return shortcut.split(' ').map((one) =>
    one
      .split('+')
      .map((key) => names[key] ?? key)
      .join(' + '),
  )
}
