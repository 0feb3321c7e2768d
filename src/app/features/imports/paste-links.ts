import type { ClipboardEvent } from 'react'
import { findTransferLinks } from './find-transfer-links.ts'

/**
 * Takes a paste into a field for links: each link on a line of its own, where the browser would run it
 * into its neighbour, none that stands there already, and those of the HTML where the text has none.
 * Other text is left to the browser.
 */
export function handleLinkPaste(
  event: ClipboardEvent<HTMLInputElement | HTMLTextAreaElement>,
): void {
  const { clipboardData, currentTarget: field } = event
  const text = clipboardData.getData('text/plain')
  const { links } = findTransferLinks({
    uriList: clipboardData.getData('text/uri-list'),
    text,
    html: clipboardData.getData('text/html'),
  })
  if (links.length === 0) return
  const before = field.value.slice(0, field.selectionStart ?? field.value.length)
  const after = field.value.slice(field.selectionEnd ?? field.value.length)
  const words = text.includes(links[0] ?? '') ? text.trim() : links.join('\n')
  const there = linesOf(`${before}\n${after}`)
  const fresh = [...linesOf(words)].filter((line) => !there.has(line)).join('\n')
  const start = /\S$/.test(before) ? '\n' : ''
  const end = /^\S/.test(after) ? '\n' : ''
  event.preventDefault()
  if (fresh === '') return
  // The one way to insert text that can be taken back by Ctrl+Z.
  document.execCommand('insertText', false, start + fresh + end)
}

function linesOf(text: string): Set<string> {
  return new Set(text.split('\n').map((line) => line.trim()))
}
