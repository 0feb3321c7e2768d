/** Opens a file's link beside the app; the page behind it learns nothing about this one. */
export function openLink(link: string): void {
  window.open(link, '_blank', 'noopener,noreferrer')
}

/** Saves what a link leads to, without leaving the page. */
export function downloadLink(link: string, name: string): void {
  const anchor = document.createElement('a')
  anchor.href = attachmentLink(link)
  anchor.download = name
  anchor.target = '_blank'
  anchor.rel = 'noopener noreferrer'
  anchor.click()
}

/**
 * Browsers ignore `download` for another origin and would show the file instead. A Barkeep server's
 * links (`/share/…`) can be asked for an attachment; others might be signed and are left alone.
 */
export function attachmentLink(link: string): string {
  const url = new URL(link)
  if (url.pathname.startsWith('/share/')) url.searchParams.set('download', '1')
  return url.href
}
