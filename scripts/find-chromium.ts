import { existsSync } from 'node:fs'

/** Where Debian's package puts it. Other systems have Playwright's own build. */
const debianChromium = '/usr/bin/chromium'

/** The browser that the end-to-end tests run in, or null where there is none yet. */
export async function findChromium(): Promise<string | null> {
  if (existsSync(debianChromium)) return debianChromium
  // Loaded only here: it takes longer than all the rest of `get-programs.ts`.
  const { chromium } = await import('@playwright/test')
  const own = chromium.executablePath()
  return existsSync(own) ? own : null
}
