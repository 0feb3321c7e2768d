let isOwnServer = false

/** Told by `session/server-description.ts`, once it is known what stands behind this address. */
export function noteServerMode(mode: 'own' | 'gateway' | undefined): void {
  isOwnServer = mode === 'own'
}

/**
 * Where this page reads what a stored link leads to. An own server hands out links with its public
 * address, and the page may have come by another (localhost, behind a proxy): the same path at the page's
 * own origin is the same file, and no foreign request. Links of another service stay as they are.
 */
export function readableLink(link: string, pageOrigin = location.origin): string {
  if (!isOwnServer || !URL.canParse(link)) return link
  const { pathname, search } = new URL(link)
  return pathname.startsWith('/share/') ? `${pageOrigin}${pathname}${search}` : link
}
