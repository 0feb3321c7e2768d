import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

async function uploadMany(page: Page, count: number, prefix: string): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Upload files' }).click()
  await (await choosing).setFiles(
    Array.from({ length: count }, (_, index) => ({
      name: `${prefix}-${index}.txt`,
      mimeType: 'text/plain',
      buffer: Buffer.from(`${prefix} ${index}`),
    })),
  )
  await page.getByRole('button', { name: 'Send now' }).click()
}

test('the meter tells what the headers tell', async ({ page, connect }) => {
  const told: string[] = []
  // At once: one that comes while the test ends has nobody left to ask.
  page.on('response', (response) => {
    const left = response.headers()['x-ratelimit-remaining']
    if (left !== undefined) told.push(left)
  })
  await connect()
  const meter = page.getByRole('meter', { name: 'Requests left' })
  await expect(meter).toHaveAttribute('aria-valuemax', '60')
  await expect(
    page.getByRole('grid', { name: 'Files' }).or(page.getByText(/drop/i)).first(),
  ).toBeVisible()
  await expect.poll(() => meter.getAttribute('aria-valuenow')).toBe(told.at(-1))
  expect(Number(told.at(-1))).toBeGreaterThan(50)
})

test('a meter of a million requests stays in its column', async ({ page, startBarkeep, watch }) => {
  const barkeep = await startBarkeep({ BARKEEP_RATE_LIMIT: '1000000' })
  watch.allowOrigin(barkeep.origin)
  await page.goto(barkeep.origin)
  await page.getByLabel('API key', { exact: true }).fill(barkeep.key)
  await page.getByRole('button', { name: 'Connect' }).click()
  const column = await page.getByRole('complementary').boundingBox()
  const chart = await page
    .getByRole('button', { name: 'Requests of the last minute' })
    .boundingBox()
  const right = (box: typeof column) => (box?.x ?? 0) + (box?.width ?? 0)
  expect(right(chart)).toBeLessThan(right(column))

  // What has no room beside the figures is out of sight whole: half of it would say nothing.
  const next = page.getByText(/^\+1 in/)
  await expect(next).toBeAttached()
  const line = next.locator('..')
  const [inner, outer] = [await next.boundingBox(), await line.boundingBox()]
  const isBelow = (inner?.y ?? 0) >= (outer?.y ?? 0) + (outer?.height ?? 0)
  expect(isBelow || right(inner) <= right(outer)).toBe(true)
})

test('two tabs with one key, forty files each, get through without a single 429', async ({
  page,
  context,
  barkeep,
  connect,
}) => {
  // 80 files at 60 a minute: the last wait for the window of the first to pass.
  test.setTimeout(150_000)
  for (const folder of ['/left/', '/right/']) await barkeep.upload({ folder, name: 'old.txt' })
  // A server that takes many files in one request would be done before the window is full.
  await context.route('**/api/server', async (route) => {
    const reply = await route.fetch()
    await route.fulfill({ json: { ...(await reply.json()), additions: [] } })
  })
  // A key of their own, so that counting below takes nothing from their window.
  const key = await barkeep.createKey({})
  const other = await context.newPage()
  await connect({ key, folder: '/left/' })
  await connect({ key, folder: '/right/', page: other })
  await uploadMany(page, 40, 'left')
  await uploadMany(other, 40, 'right')
  const count = async () => {
    const folders = await Promise.all([barkeep.list('/left/'), barkeep.list('/right/')])
    return folders.map(({ files }) => files.length)
  }
  await expect.poll(count, { timeout: 140_000, intervals: [5_000] }).toEqual([41, 41])
})
