import { type BrowserContext, test as base, expect, type Page } from '@playwright/test'
import { startTestVideoSite, type TestVideoSite } from '#server/testing/imports/video-site.ts'
import { folderUrl } from './folder-url.ts'
import {
  type Barkeep,
  type BarkeepServer,
  type FirstStart,
  runFirstStart,
  type Settings,
  startBarkeep,
} from './start-barkeep.ts'
import { type PageWatch, watchPages } from './watch-pages.ts'

type Fixtures = {
  /** Settings of `barkeep`; a spec file changes them by `test.use`. */
  settings: Settings
  /** A server of the test's own, ended with it, as its owner sees it. */
  startBarkeep: (settings?: Settings) => Promise<Barkeep>
  /** An account of the test's own, on a server that other tests use before and after it. */
  barkeep: Barkeep
  /** A video site that imports of `barkeep` may reach. */
  site: TestVideoSite
  watch: PageWatch
  /** Opens a page of the app and connects it with a key: the account's first unless told otherwise. */
  connect: (options?: { key?: string; folder?: string; page?: Page }) => Promise<void>
}

type WorkerFixtures = {
  firstStart: FirstStart
  workerSite: TestVideoSite
  /** The server with these settings: started by the first test that asks for it. */
  serverWith: (settings: Settings) => Promise<BarkeepServer>
}

/** Every test has its own account and browser context, and fails on any surprise of its pages. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  firstStart: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from the pattern
    async ({}, use) => {
      await using firstStart = await runFirstStart()
      await use(firstStart)
    },
    { scope: 'worker' },
  ],

  workerSite: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from the pattern
    async ({}, use) => {
      await using site = await startTestVideoSite()
      await use(site)
    },
    { scope: 'worker' },
  ],

  serverWith: [
    async ({ firstStart, workerSite }, use) => {
      await using started = new AsyncDisposableStack()
      const servers = new Map<string, Promise<BarkeepServer>>()
      await use((settings) => {
        const name = JSON.stringify(settings)
        const all = { BARKEEP_IMPORT_ALLOW: workerSite.host, ...settings }
        const server =
          servers.get(name) ?? startBarkeep(firstStart, all).then((made) => started.use(made))
        servers.set(name, server)
        return server
      })
    },
    { scope: 'worker' },
  ],

  settings: [{}, { option: true }],

  startBarkeep: async ({ context, firstStart }, use) => {
    await using started = new AsyncDisposableStack()
    await use(async (settings) => started.use(await startBarkeep(firstStart, settings)).owner)
    await closePages(context)
  },

  site: async ({ workerSite }, use) => {
    workerSite.forget()
    await use(workerSite)
  },

  barkeep: async ({ context, serverWith, settings }, use) => {
    const server = await serverWith(settings)
    const account = await server.createAccount()
    await use(account)
    await closePages(context)
    await server.leave(account)
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

/** Before their server ends, or what a page still asks for would look like a fault of the server's. */
async function closePages(context: BrowserContext): Promise<void> {
  await Promise.all(context.pages().map((page) => page.close()))
}

export { expect }
