/** One file or folder of a drop or paste, with every way the browser knows to read it. */
export type HeldItem = {
  /** As the browser or the file's ending says; '' for folders and unknown ones. */
  type: string
  entry: FileSystemEntry | null
  file: File | null
  /** Null also where the page is no secure context. */
  handle: Promise<FileSystemHandle | null>
}

/** All forms that one drop or paste has: a spreadsheet gives text, HTML and a picture of its cells. */
export type HeldTransfer = { items: HeldItem[]; uriList: string; text: string; html: string }

/**
 * Takes hold of a drop or paste. It has to happen inside the event: afterwards the browser empties its
 * lists, and nothing that was in them could be found any more.
 */
export function holdTransfer(transfer: DataTransfer): HeldTransfer {
  return {
    items: Array.from(transfer.items)
      .filter(({ kind }) => kind === 'file')
      .map((item) => ({
        type: item.type,
        entry: item.webkitGetAsEntry?.() ?? null,
        file: item.getAsFile(),
        handle: getHandle(item),
      })),
    uriList: transfer.getData('text/uri-list'),
    text: transfer.getData('text/plain'),
    html: transfer.getData('text/html'),
  }
}

/** Not every browser knows it, and Chromium ends a page that asks for it on plain http. */
async function getHandle(item: DataTransferItem): Promise<FileSystemHandle | null> {
  if (!isSecureContext) return null
  try {
    return (await (item as HandleGiver).getAsFileSystemHandle?.()) ?? null
  } catch {
    return null
  }
}

type HandleGiver = { getAsFileSystemHandle?: () => Promise<FileSystemHandle | null> }

/** Text fields keep the text that is pasted or dropped into them; check boxes and the like want none. */
export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  const field = target.closest('input, textarea, [contenteditable]')
  if (!(field instanceof HTMLInputElement)) return field !== null
  return !['button', 'checkbox', 'file', 'radio', 'range', 'reset', 'submit'].includes(field.type)
}
