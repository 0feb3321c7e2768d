import { existsSync } from 'node:fs'

/**
 * Where Debian's packages put it; other systems have Playwright's own build. The headless shell is the
 * same browser without windows, tabs and their processes: a third less work for each test.
 */
const debianHeadlessShell = '/usr/bin/chromium-headless-shell'
const debianChromium = '/usr/bin/chromium'

/** The browser that the end-to-end tests run in, or null where there is none yet. */
export async function findChromium(): Promise<string | null> {
  const ofDebian = [debianHeadlessShell, debianChromium].find((path) => existsSync(path))
  if (ofDebian !== undefined) return ofDebian
  // Loaded only here: it takes longer than all the rest of `get-programs.ts`.
  const { chromium } = await import('@playwright/test')
  const own = chromium.executablePath()
  return existsSync(own) ? own : null
}

/** Whether it is the one that the tests are fastest in; the other does as well. */
export function hasHeadlessShell(chromium: string | null): boolean {
  return chromium !== null && chromium !== debianChromium
}
