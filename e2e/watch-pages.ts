import type { BrowserContext } from '@playwright/test'

export type PageWatch = {
  /** Trouble that a test makes on purpose: console errors that match are no failure. */
  expectTrouble(pattern: RegExp): void
  /** Requests to this origin are no surprise either. */
  allowOrigin(origin: string): void
  /** What went wrong so far and was not expected. */
  surprises(): string[]
}

/**
 * Collects what no page may do unseen: errors in the console (blocked content included), uncaught
 * errors, requests to another origin, and a single 429, which the request gate exists to prevent.
 */
export function watchPages(context: BrowserContext): PageWatch {
  const found: string[] = []
  // Chromium asks for it by itself, now and then, for a document that names no icon: a stored picture.
  // Most files of tests hold no picture, whatever they are called: of those there is no thumbnail.
  // The service worker is blocked by Playwright's settings, but for the walks that are about it.
  const expected: RegExp[] = [
    /\/favicon\.ico\b/,
    /404 .*\?thumbnail=/,
    /Service Worker registration blocked by Playwright/,
  ]
  const origins = new Set<string>()
  const note = (surprise: string) => found.push(surprise)

  context.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    note(`console ${message.type()}: ${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => note(`uncaught: ${error.error().stack}`))
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (/^https?:$/.test(url.protocol) && !origins.has(url.origin)) {
      note(`foreign request: ${request.method()} ${request.url()}`)
    }
  })
  context.on('response', (response) => {
    if (response.status() === 429) note(`429 answered to ${response.url()}`)
  })

  return {
    expectTrouble: (pattern) => {
      expected.push(pattern)
    },
    allowOrigin: (origin) => {
      origins.add(origin)
    },
    surprises: () =>
      found.filter((surprise) => !expected.some((pattern) => pattern.test(surprise))),
  }
}
