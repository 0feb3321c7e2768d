/** Text fields keep what is pasted or dropped into them; check boxes and the like do not want it. */
export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  const field = target.closest('input, textarea, [contenteditable]')
  if (!(field instanceof HTMLInputElement)) return field !== null
  return !['button', 'checkbox', 'file', 'radio', 'range', 'reset', 'submit'].includes(field.type)
}

/** The text of a drop or paste; a list of links says more than the words around them. */
export function readText(transfer: DataTransfer): string {
  return transfer.getData('text/uri-list') || transfer.getData('text/plain')
}

export function hasFiles(transfer: DataTransfer): boolean {
  return transfer.types.includes('Files')
}
