/** How far the page is with what a person waits for: in its title and its icon, where tabs show them. */
export type PageProgress = {
  /** `title` and a share from 0 to 1; null for nothing to tell. */
  show(progress: { title: string; share: number; isPaused: boolean } | null): void
}

/** An icon is drawn anew when it would look another way, and not for each byte. */
const steps = 24

/**
 * Its title stands above those that others put into the page, which are seen again once nothing is told.
 * The icon is a blob, because the page's policy lets no `data:` in.
 */
export function createPageProgress(): PageProgress {
  let tab: ReturnType<typeof createTab> | null = null
  return {
    show(progress) {
      if (progress) tab ??= createTab(document)
      tab?.show(progress)
    },
  }
}

function createTab(page: Document): PageProgress {
  const title = page.createElement('title')
  const icon = page.createElement('link')
  icon.rel = 'icon'
  icon.type = 'image/svg+xml'
  let drawn = ''
  let isShown = false

  function drawIcon(share: number, isPaused: boolean) {
    const step = Math.floor(Math.min(1, Math.max(0, share)) * steps)
    const look = `${step} ${isPaused}`
    if (look === drawn) return
    drawn = look
    const before = icon.href
    const blob = new Blob([pie(step / steps, isPaused)], { type: icon.type })
    icon.href = URL.createObjectURL(blob)
    if (before) URL.revokeObjectURL(before)
  }

  /** The first title of a page counts, the last icon. */
  function keepInPlace() {
    if (!isShown) return
    if (page.head.querySelector('title') !== title) page.head.prepend(title)
    const icons = page.head.querySelectorAll('link[rel="icon"]')
    if (icons[icons.length - 1] !== icon) page.head.append(icon)
  }

  // Screens bring titles of their own when they change.
  new MutationObserver(keepInPlace).observe(page.head, { childList: true })
  return {
    show(progress) {
      isShown = progress !== null
      if (progress === null) {
        title.remove()
        icon.remove()
        return
      }
      if (title.textContent !== progress.title) title.textContent = progress.title
      drawIcon(progress.share, progress.isPaused)
      keepInPlace()
    },
  }
}

/** A pie on a ring, readable at 16 px on light and on dark tabs. */
function pie(share: number, isPaused: boolean): string {
  const color = isPaused ? '#8a8178' : '#f9b233'
  // A circle whose line is as wide as its radius is a pie.
  const length = 2 * Math.PI * 6.5
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="14.5" fill="#241602" stroke="${color}" stroke-width="3"/><circle cx="16" cy="16" r="6.5" fill="none" stroke="${color}" stroke-width="13" stroke-dasharray="${share * length} ${length}" transform="rotate(-90 16 16)"/></svg>`
}
