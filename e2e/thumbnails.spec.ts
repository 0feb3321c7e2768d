import sharp from 'sharp'
import { fileRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

async function photo(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const create = { width, height, channels: 3 as const, background: '#c63' }
  return new Uint8Array(await sharp({ create }).jpeg().toBuffer())
}

test('rows and tiles show pictures where there can be some, and nothing moves for them', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ folder: '/Box/', name: 'wide.jpg', bytes: await photo(900, 450) })
  await barkeep.upload({ folder: '/Box/', name: 'high.jpg', bytes: await photo(450, 900) })
  await barkeep.upload({ folder: '/Box/', name: 'broken.jpg' })
  await barkeep.upload({ folder: '/Box/', name: 'words.txt' })
  await barkeep.upload({ folder: '/Box/', name: 'song.mp3' })
  const asked: string[] = []
  page.on('request', (request) => /\?thumbnail=/.test(request.url()) && asked.push(request.url()))
  const held = Promise.withResolvers<void>()
  await page.route(/\?thumbnail=/, async (route) => {
    await held.promise
    await route.continue()
  })
  await connect({ folder: '/Box/' })
  const broken = page.waitForResponse((reply) => /broken.*thumbnail/.test(reply.url()))
  const image = (name: string) => fileRow(page, name).locator('img')
  const isLoaded = (name: string) =>
    image(name).evaluate((element) => (element as HTMLImageElement).naturalWidth > 0)
  const places = () =>
    page
      .getByRole('grid', { name: 'Files' })
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => JSON.stringify(link.getBoundingClientRect())))
  await expect(fileRow(page, 'wide.jpg')).toBeVisible()
  await expect(image('wide.jpg')).toHaveCount(0)
  const before = await places()
  held.resolve()
  await expect.poll(() => image('wide.jpg').count()).toBe(1)
  await expect.poll(() => isLoaded('wide.jpg')).toBe(true)
  expect((await broken).status()).toBe(404)
  await expect(image('broken.jpg')).toHaveCount(0)
  await expect(image('words.txt')).toHaveCount(0)
  expect(await places()).toEqual(before)

  await page.getByRole('button', { name: 'Tiles' }).click()
  await expect.poll(async () => (await image('high.jpg').boundingBox())?.height).toBeGreaterThan(99)
  await expect.poll(() => isLoaded('high.jpg')).toBe(true)
  await expect(fileRow(page, 'broken.jpg').locator('img')).toHaveCount(0)
  // Most music has no cover: browsers would call each answer of that an error.
  expect(asked.filter((url) => url.includes('song.mp3'))).toEqual([])
  // Still what assistive technology and the keyboard know: rows with links.
  await expect(fileRow(page, 'high.jpg').getByRole('link', { name: 'high.jpg' })).toBeVisible()
})

test('a folder about one film is shown as a title that plays it', async ({
  page,
  barkeep,
  connect,
}) => {
  for (const name of ['Harbour.mp4', 'Harbour.de.vtt']) {
    await barkeep.upload({ folder: '/Harbour/', name })
  }
  await connect({ folder: '/Harbour/' })
  const title = page.getByRole('region', { name: 'Harbour', exact: true })
  await expect(title.getByRole('heading', { name: 'Harbour' })).toBeVisible()
  await expect(title).toContainText('Subtitles: German')
  await expect(fileRow(page, 'Harbour.mp4')).toBeVisible()
  await title.getByRole('button', { name: 'Play' }).click()
  await expect(page.getByRole('dialog', { name: 'Harbour.mp4' })).toBeVisible()
})
