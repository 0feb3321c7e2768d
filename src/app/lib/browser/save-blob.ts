/** Saves a blob under a name, as a download of this page. */
export function saveBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob)
  saveAddress(address, name)
  // Not at once: the download may not have begun to read it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** Saves what is at an address, without leaving the page. */
export function saveAddress(address: string, name: string): void {
  const anchor = document.createElement('a')
  anchor.href = address
  anchor.download = name
  anchor.rel = 'noopener noreferrer'
  anchor.click()
}
