/** One thing of a drop, with every way the browser knows to read it. */
export type HeldItem = {
  entry: FileSystemEntry | null
  file: File | null
  /** Null also where the page is no secure context. */
  handle: Promise<FileSystemHandle | null>
}

/**
 * Takes hold of the files and folders of a drop. It has to happen inside the event: afterwards the browser
 * empties its list, and nothing that was dropped could be found any more.
 */
export function holdDrop(transfer: DataTransfer): HeldItem[] {
  return Array.from(transfer.items)
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({
      entry: item.webkitGetAsEntry?.() ?? null,
      file: item.getAsFile(),
      handle: getHandle(item),
    }))
}

/** Browsers know it on secure origins only, and not all of them. */
async function getHandle(item: DataTransferItem): Promise<FileSystemHandle | null> {
  try {
    return (await (item as HandleGiver).getAsFileSystemHandle?.()) ?? null
  } catch {
    return null
  }
}

type HandleGiver = { getAsFileSystemHandle?: () => Promise<FileSystemHandle | null> }
