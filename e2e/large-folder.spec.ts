import type { Page } from '@playwright/test'
import { fileRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import type { Barkeep } from './start-barkeep.ts'

const nameOf = (at: number) => `file ${String(at).padStart(4, '0')}`

/** So many small files in one folder, a thousand in each request. */
async function fill(barkeep: Barkeep, count: number): Promise<void> {
  for (let from = 0; from < count; from += 1000) {
    const form = new FormData()
    for (let at = from; at < Math.min(count, from + 1000); at += 1) {
      form.append('file', new Blob([nameOf(at)]), nameOf(at))
    }
    const reply = await fetch(`${barkeep.origin}/api/v1/upload/batch?path=/Many/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${barkeep.key}` },
      body: form,
    })
    expect(reply.status).toBe(200)
  }
}

/** What is asked of the folder, as `offset+limit`. */
function watchPages(page: Page): string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname !== '/api/v1/files' || searchParams.get('path') !== '/Many/') return
    asked.push(`${searchParams.get('offset')}+${searchParams.get('limit')}`)
  })
  return asked
}

const grid = (page: Page) => page.getByRole('grid', { name: 'Files' })

test('a large folder has its true length at once, and where one drags or goes to is asked for', async ({
  page,
  barkeep,
  connect,
}) => {
  await fill(barkeep, 5200)
  const asked = watchPages(page)
  await connect({ folder: '/Many/' })
  await expect(fileRow(page, nameOf(0))).toBeFocused()
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '5201')
  await expect(page.getByText('5,200 files')).toBeVisible()
  await expect.poll(() => asked).toEqual(['0+50', '50+1000'])

  // By the scroll bar: what it passes is not asked for.
  const scroller = page.locator('main .scroll-area')
  await scroller.evaluate(async (box) => {
    for (const part of [0.2, 0.3, 0.4, 0.5]) {
      box.scrollTop = (box.scrollHeight - box.clientHeight) * part
      await new Promise(requestAnimationFrame)
    }
  })
  await expect(fileRow(page, nameOf(2600))).toBeInViewport()
  await expect(fileRow(page, nameOf(2600))).toHaveAttribute('aria-rowindex', '2602')
  await expect(grid(page)).not.toHaveAttribute('aria-busy', 'true')
  expect(asked.length).toBe(3)

  // By the keyboard, which is still at the top.
  await page.keyboard.press('End')
  await expect(fileRow(page, nameOf(5199))).toBeFocused()
  expect(asked.at(-1)).toBe('4200+1000')
  await page.keyboard.press('ArrowUp')
  await expect(fileRow(page, nameOf(5198))).toBeFocused()
  await page.keyboard.press('Home')
  await expect(fileRow(page, nameOf(0))).toBeFocused()

  // What arrives where nothing is loaded is counted, and the rest stays in its order.
  await barkeep.upload({ folder: '/Many/', name: 'aaa' })
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '5202')
  await fileRow(page, nameOf(0)).click()
  await page.keyboard.press('End')
  await expect(fileRow(page, nameOf(5199))).toBeFocused()
  await expect(fileRow(page, nameOf(5199))).toHaveAttribute('aria-rowindex', '5202')

  // All of it: what is loaded is said, and the rest comes in a few requests.
  await page.keyboard.press('ControlOrMeta+a')
  await expect(page.getByText('one request for each 1,000')).toBeVisible()
  await page.getByRole('button', { name: 'Load all' }).click()
  await expect(page.getByText('5,201 selected')).toBeVisible()
  expect(new Set(asked).size).toBeLessThanOrEqual(12)
  await page.getByRole('button', { name: 'Clear selection' }).click()
  await page.getByRole('searchbox', { name: 'Filter files' }).fill('file 30')
  await expect(page.getByText('100 of 5,201 match')).toBeVisible()
})

test('a key that goes on after End leaves the keyboard where it is', async ({
  page,
  barkeep,
  connect,
}) => {
  await fill(barkeep, 1200)
  const gate = Promise.withResolvers<void>()
  await page.route('**/api/v1/files?**', async (route) => {
    if (!route.request().url().includes('offset=0')) await gate.promise
    await route.continue()
  })
  await connect({ folder: '/Many/' })
  await expect(fileRow(page, nameOf(0))).toBeFocused()
  await page.keyboard.press('End')
  await expect(grid(page)).toHaveAttribute('aria-busy', 'true')
  await page.keyboard.press('ArrowDown')
  await expect(fileRow(page, nameOf(1))).toBeFocused()
  gate.resolve()
  await page.keyboard.press('End')
  await expect(fileRow(page, nameOf(1199))).toBeFocused()
})

test('a filter looks at the whole folder where few requests bring it', async ({
  page,
  barkeep,
  connect,
}) => {
  await fill(barkeep, 2300)
  const asked = watchPages(page)
  await connect({ folder: '/Many/' })
  await expect(fileRow(page, nameOf(0))).toBeFocused()
  await page.getByRole('searchbox', { name: 'Filter files' }).fill('2299')
  await expect(fileRow(page, nameOf(2299))).toBeVisible()
  await expect(page.getByText('1 of 2,300 match')).toBeVisible()
  expect(asked).toEqual(['0+50', '50+1000', '1050+1000', '2050+250'])
})

test('another order of a large folder is the server’s: its true length, its end, and nothing else loaded', async ({
  page,
  barkeep,
  connect,
}) => {
  await fill(barkeep, 1300)
  await connect({ folder: '/Many/' })
  await expect(fileRow(page, nameOf(0))).toBeFocused()
  const asked = watchPages(page)
  await page.getByRole('button', { name: 'Name', exact: true }).click()
  await expect(fileRow(page, nameOf(1299))).toBeVisible()
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '1301')
  await expect(page.getByText('1,300 files')).toBeVisible()
  await page.keyboard.press('End')
  await expect(fileRow(page, nameOf(0))).toBeFocused()
  await expect(fileRow(page, nameOf(0))).toHaveAttribute('aria-rowindex', '1301')
  expect(asked.length).toBeLessThanOrEqual(4)

  // A file of its own address is looked for by name.
  await page.keyboard.press('ControlOrMeta+k')
  await expect(page.getByRole('combobox', { name: 'Search' })).toBeFocused()
  await page.keyboard.type('0777')
  await page.keyboard.press('Enter')
  await expect(fileRow(page, nameOf(777))).toBeFocused()
  await expect(fileRow(page, nameOf(777))).toBeInViewport()
})
