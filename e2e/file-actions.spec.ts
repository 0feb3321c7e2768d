import type { Download, Page } from '@playwright/test'
import { fileRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

const widths = [1440, 820, 390]

/** The text that the system's clipboard holds. */
function readClipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText())
}

for (const width of widths) {
  test(`a file has its buttons "Copy link" and "Download" at ${width} pixels`, async ({
    page,
    context,
    barkeep,
    connect,
  }) => {
    await page.setViewportSize({ width, height: 844 })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const { link } = await barkeep.upload({ name: 'only.txt', bytes: 'kept' })
    await connect()
    await fileRow(page, 'only.txt').getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Copy link' }).click()
    await expect.poll(() => readClipboard(page)).toBe(link)
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download' }).click()
    expect((await downloading).suggestedFilename()).toBe('only.txt')
    expect(context.pages()).toHaveLength(1)
  })

  test(`several files are downloaded, and their links copied one per line, at ${width} pixels`, async ({
    page,
    context,
    barkeep,
    connect,
  }) => {
    await page.setViewportSize({ width, height: 844 })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const names = ['a.txt', 'b.txt', 'c.txt']
    const links: string[] = []
    for (const name of names) links.push((await barkeep.upload({ name })).link)
    await barkeep.upload({ folder: '/Folder/', name: 'inside.txt' })
    await connect()
    await page.getByRole('checkbox', { name: 'Select all' }).check()
    await expect(page.getByText('4 selected')).toBeVisible()
    await page.getByRole('button', { name: 'Copy 3 links' }).click()
    await expect(page.getByText('3 links copied')).toBeVisible()
    expect(await readClipboard(page)).toBe(links.join('\n'))

    const saved: Download[] = []
    page.on('download', (download) => saved.push(download))
    await page.getByRole('button', { name: 'Download 3 files' }).click()
    await expect.poll(() => saved.map((one) => one.suggestedFilename()).toSorted()).toEqual(names)
    await page.getByRole('button', { name: 'Clear selection' }).click()
    await expect(page.getByRole('button', { name: 'Download 3 files' })).toBeHidden()
  })
}

test.describe('with a finger', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } })

  test('the buttons of a row are as large as a finger needs and stand clear of one another', async ({
    page,
    barkeep,
    connect,
  }) => {
    const name = `${'a-very-long-name-'.repeat(6)}.txt`
    await barkeep.upload({ name })
    await connect()
    const row = fileRow(page, name)
    await expect(row).toBeVisible()
    const buttons = row.getByRole('button')
    await expect(buttons).toHaveCount(2)
    let right = 0
    for (const button of await buttons.all()) {
      const box = await button.boundingBox()
      expect(box?.width).toBeGreaterThanOrEqual(44)
      expect(box?.height).toBeGreaterThanOrEqual(44)
      expect(box?.x).toBeGreaterThanOrEqual(right)
      right = (box?.x ?? 0) + (box?.width ?? 0)
      await expect(button.locator('..')).toHaveCSS('opacity', '1')
    }
    expect(right).toBeLessThanOrEqual(390)
  })
})
