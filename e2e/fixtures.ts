import { test as base, expect, type Page } from '@playwright/test'
import { startTestVideoSite, type TestVideoSite } from '#server/testing/imports/video-site.ts'
import { folderUrl } from './folder-url.ts'
import {
  type Barkeep,
  type FirstStart,
  runFirstStart,
  type Settings,
  startBarkeep,
} from './start-barkeep.ts'
import { type PageWatch, watchPages } from './watch-pages.ts'

type Fixtures = {
  /** Settings of `barkeep`; a spec file changes them by `test.use`. */
  settings: Settings
  /** Another server, ended with the test. */
  startBarkeep: (settings?: Settings) => Promise<Barkeep>
  barkeep: Barkeep
  /** A video site that imports of `barkeep` may reach. */
  site: TestVideoSite
  watch: PageWatch
  /** Opens a page of the app and connects it with a key: the owner's unless told otherwise. */
  connect: (options?: { key?: string; folder?: string; page?: Page }) => Promise<void>
}

/** Every test has its own server, data and browser context, and fails on any surprise of its pages. */
export const test = base.extend<Fixtures, { firstStart: FirstStart }>({
  firstStart: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from the pattern
    async ({}, use) => {
      await using firstStart = await runFirstStart()
      await use(firstStart)
    },
    { scope: 'worker' },
  ],

  settings: [{}, { option: true }],

  startBarkeep: async ({ context, firstStart }, use) => {
    await using started = new AsyncDisposableStack()
    await use(async (settings) => started.use(await startBarkeep(firstStart, settings)))
    // Before the servers end, or what a page still asks for would look like a fault of theirs.
    await Promise.all(context.pages().map((page) => page.close()))
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from the pattern
  site: async ({}, use) => {
    await using site = await startTestVideoSite()
    await use(site)
  },

  barkeep: async ({ startBarkeep, settings, site }, use) => {
    await use(await startBarkeep({ BARKEEP_IMPORT_ALLOW: site.host, ...settings }))
  },

  watch: [
    async ({ context }, use) => {
      const watch = watchPages(context)
      await use(watch)
      expect(watch.surprises()).toEqual([])
    },
    { auto: true },
  ],

  connect: async ({ barkeep, watch, page: firstPage }, use) => {
    watch.allowOrigin(barkeep.origin)
    await use(async ({ key = barkeep.key, folder = '/', page = firstPage } = {}) => {
      await page.goto(folderUrl(barkeep, folder))
      await page.getByLabel('API key', { exact: true }).fill(key)
      await page.getByRole('button', { name: 'Connect' }).click()
      await expect(page.getByRole('region', { name: 'Transfers' })).toBeVisible()
    })
  },
})

export { expect }
