import { useEffect, useState } from 'react'
import { copyText } from '#app/lib/copy-text.ts'
import { plural } from '#app/lib/format.ts'
import { announce } from '#app/ui/announcer.tsx'

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

/** Chromium drops downloads of a page that begin all at once. */
const pauseMs = 300

/** Saves files one after the other until `signal` says stop. */
export async function downloadFiles(
  files: readonly { link: string; name: string }[],
  signal: AbortSignal,
): Promise<void> {
  for (const { link, name } of files) {
    if (signal.aborted) return
    downloadLink(link, name)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

const shownMs = 2000

/** Copies links, and tells for two seconds that it worked, to eyes and ears. */
export function useCopiedLink() {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), shownMs)
    return () => clearTimeout(timer)
  }, [isCopied])

  async function copy(text: string) {
    const worked = await copyText(text)
    setIsCopied(worked)
    announce(
      worked ? copiedText(text) : 'This browser does not allow copying. Open the file instead.',
    )
  }
  return { isCopied, copy: (text: string) => void copy(text) }
}

function copiedText(text: string): string {
  const links = text.split('\n').length
  return plural(links, { one: 'Link copied', other: '# links copied' })
}
