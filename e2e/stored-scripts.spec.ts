import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

/** Shows the key on the page's root, if it runs and gets at the app's storage. */
const steal =
  "document.documentElement.setAttribute('data-stolen', JSON.stringify({ ...sessionStorage }))"
const xhtml = 'xmlns="http://www.w3.org/1999/xhtml"'

const pages = {
  'page.html': `<!doctype html><script>${steal}</script>`,
  'page.xhtml': `<html ${xhtml}><head><title>x</title><script>${steal}</script></head></html>`,
  'page.xml': `<html ${xhtml}><head><title>x</title><script>${steal}</script></head></html>`,
  'page.svg': `<svg xmlns="http://www.w3.org/2000/svg"><script>${steal}</script></svg>`,
}

/** Opens `link` where the app was, without some of its headers, and looks what its script got. */
async function open(page: Page, link: string, without: string[]): Promise<string> {
  await page.route(link, async (route) => {
    const response = await route.fetch()
    const headers = Object.entries(response.headers()).filter(([name]) => !without.includes(name))
    await route.fulfill({ response, headers: Object.fromEntries(headers) })
  })
  await page.goto(link)
  await page.unroute(link)
  return String(await page.locator(':root').getAttribute('data-stolen'))
}

for (const [name, bytes] of Object.entries(pages)) {
  test(`${name} that was stored runs nothing, also where a browser shows it: its policy alone holds`, async ({
    page,
    barkeep,
    connect,
    watch,
  }) => {
    watch.expectTrouble(/Content Security Policy|sandboxed/)
    const { link } = await barkeep.upload({ name, bytes })
    await connect()
    expect(await open(page, link, ['content-disposition'])).toBe('null')
    // The control: without the policy the key is gone.
    const unguarded = ['content-disposition', 'content-security-policy']
    expect(await open(page, link, unguarded)).toContain(barkeep.key)
  })
}

// Blocked, nothing would be proved.
test.use({ serviceWorkers: 'allow' })

test('a script that was stored is none for a browser, neither of a page nor as a worker', async ({
  page,
  barkeep,
  connect,
  watch,
}) => {
  watch.expectTrouble(/404|MIME type|Failed to fetch/)
  const { link } = await barkeep.upload({ name: 'a.js', bytes: steal })
  await connect()
  const run = () =>
    page.evaluate(async (url) => {
      const isRun = await import(url).then(
        () => true,
        () => false,
      )
      const isRegistered = await navigator.serviceWorker.register(url).then(
        () => true,
        () => false,
      )
      return { isRun, isRegistered }
    }, link)
  expect(await run()).toEqual({ isRun: false, isRegistered: false })
  // The control: the same bytes under the type that their name asks for.
  const contentType = 'text/javascript'
  await page.route(link, (route) => route.fulfill({ contentType, body: steal }))
  expect((await run()).isRun).toBe(true)
})

test('not even a script of the app becomes a service worker', async ({ page, connect, watch }) => {
  watch.expectTrouble(/404|MIME type|bad HTTP response/)
  const register = (which: string | null) =>
    page.evaluate(async (which) => {
      const found = which && document.querySelector<HTMLScriptElement>(which)?.src
      const script = found ?? '/service-worker.js'
      return await navigator.serviceWorker.register(script).then(
        () => 'registered',
        (error: Error) => error.message,
      )
    }, which)
  await connect()
  expect(await register('script[src]')).toContain('bad HTTP response code (404)')
  // The control: the one that the app has.
  expect(await register(null)).toBe('registered')
})
