/** Opens a file's link beside the app; the page behind it learns nothing about this one. */
export function openLink(link: string): void {
  window.open(link, '_blank', 'noopener,noreferrer')
}

/** Saves what a link leads to, without leaving the page. */
export function downloadLink(link: string, name: string): void {
  const anchor = document.createElement('a')
  anchor.href = attachmentLink(link)
  anchor.download = name
  // What may be shown instead of saved must not take this page's place.
  if (!isSavedByBrowser(link)) anchor.target = '_blank'
  anchor.rel = 'noopener noreferrer'
  anchor.click()
}

/**
 * Browsers ignore `download` for another origin and would show the file instead. A Barkeep server's
 * links (`/share/…`) can be asked for an attachment; others might be signed and are left alone.
 */
export function attachmentLink(link: string): string {
  const url = new URL(link)
  if (isSavedByBrowser(link)) url.searchParams.set('download', '1')
  return url.href
}

/** Whether the link can be asked for an attachment. */
export function isSavedByBrowser(link: string): boolean {
  return new URL(link).pathname.startsWith('/share/')
}
