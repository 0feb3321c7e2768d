import { useEffect, useState } from 'react'
import { copyText } from '#app/lib/browser/copy-text.ts'
import { plural } from '#app/lib/format.ts'
import { announce } from '#app/ui/announcer.tsx'

/** Opens a file's link beside the app; the page behind it learns nothing about this one. */
export function openLink(link: string): void {
  window.open(link, '_blank', 'noopener,noreferrer')
}

/** Saves what a link leads to, without leaving the page. */
function downloadLink(link: string, name: string): void {
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

/** Chromium drops downloads of a page that begin all at once. */
const pauseMs = 300

let downloading = new AbortController()

/** Stops what `downloadFiles` has not begun yet. */
export function stopDownloads(): void {
  downloading.abort()
}

/** Saves files one after the other, instead of those that it was still to save. */
export async function downloadFiles(
  files: readonly { link: string; name: string }[],
): Promise<void> {
  stopDownloads()
  downloading = new AbortController()
  const { signal } = downloading
  for (const { link, name } of files) {
    if (signal.aborted) return
    downloadLink(link, name)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

/** Copies links, one a line, and tells whether it worked, to eyes and ears. */
export async function copyLinks(text: string): Promise<boolean> {
  const worked = await copyText(text)
  announce(
    worked ? copiedText(text) : 'This browser does not allow copying. Open the file instead.',
  )
  return worked
}

function copiedText(text: string): string {
  const links = text.split('\n').length
  return plural(links, { one: 'Link copied', other: '# links copied' })
}

const shownMs = 2000

/** The same for a button that shows for two seconds that it worked. */
export function useCopiedLink() {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), shownMs)
    return () => clearTimeout(timer)
  }, [isCopied])

  return { isCopied, copy: (text: string) => void copyLinks(text).then(setIsCopied) }
}
