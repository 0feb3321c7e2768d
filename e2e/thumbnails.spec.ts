import sharp from 'sharp'
import { cameraPhoto, photo as exifPhoto, hugePng } from '#server/testing/test-media.ts'
import { fileRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { withoutAdditions } from './without-additions.ts'

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
  await barkeep.upload({ folder: '/Box/Trip/', name: 'inside.jpg', bytes: await photo(90, 90) })
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
  // Of a folder that was never opened, without a request for it.
  await expect.poll(() => isLoaded('Trip')).toBe(true)
  // Still what assistive technology and the keyboard know: rows with links.
  await expect(fileRow(page, 'high.jpg').getByRole('link', { name: 'high.jpg' })).toBeVisible()

  // Once the listing tells their shapes, rows are justified from the first, and nothing moves.
  const tells = async () => {
    const { files } = await barkeep.list('/Box/')
    return files.filter((file) => 'width' in file).map(({ name }) => name)
  }
  await expect.poll(tells).toEqual(['high.jpg', 'wide.jpg'])
  await page.addInitScript(noteShifts)
  await page.reload()
  await expect.poll(() => isLoaded('wide.jpg')).toBe(true)
  const width = async (name: string) => (await fileRow(page, name).boundingBox())?.width ?? 0
  expect(await width('wide.jpg')).toBeGreaterThan(2 * (await width('high.jpg')))
  expect(await page.evaluate(() => Reflect.get(window, 'shifts_'))).toEqual([])
})

/** Of the list: what has moved without anybody asking for it. */
function noteShifts(): void {
  const noted: string[] = []
  Reflect.set(window, 'shifts_', noted)
  const elementOf = ({ node }: { node?: Node }) =>
    node instanceof Element ? node : node?.parentElement
  new PerformanceObserver((list) => {
    const sources = list.getEntries().flatMap((entry) => Reflect.get(entry, 'sources') ?? [])
    const inList = sources.map(elementOf).filter((one) => one?.closest('[role=grid]'))
    noted.push(...inList.map((one) => `${one?.textContent} moved`))
  }).observe({ type: 'layout-shift', buffered: true })
}

test('where the server makes no thumbnails, and tells no details, the app reads the heads of pictures', async ({
  page,
  barkeep,
  connect,
}) => {
  await withoutAdditions(page)
  const size = { width: 1500, height: 1000 }
  const files = {
    'a.jpg': await cameraPhoto({ ...size, orientation: 6 }, '#c22'),
    'b.jpg': await exifPhoto(300, 200),
    'c.png': hugePng(12_000, 10_000),
  }
  for (const [name, bytes] of Object.entries(files)) {
    await barkeep.upload({ folder: '/Box/', name, bytes })
  }
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (!pathname.startsWith('/share/')) return
    asked.push(`${pathname.slice(-5)} ${request.headers().range}`)
  })
  await connect({ folder: '/Box/' })
  const image = (name: string) => fileRow(page, name).locator('img')
  await expect(image('a.jpg')).toHaveAttribute('src', /^blob:/)
  await expect(image('b.jpg')).toHaveAttribute('src', /^blob:/)
  await expect.poll(() => asked.length).toBe(3)
  // The thumbnail in the file, turned as its photo is, without its black stripes; of 120 megapixels none.
  const head = 'bytes=0-131071'
  expect(asked.sort()).toEqual([`a.jpg ${head}`, `b.jpg ${head}`, `c.png ${head}`])
  expect(await image('a.jpg').evaluate(corners)).toEqual({ isHigh: true, isRed: true })
  await expect(image('c.png')).toHaveCount(0)

  asked.length = 0
  await page.reload()
  await expect(image('a.jpg')).toHaveAttribute('src', /^blob:/)
  await expect(image('b.jpg')).toHaveAttribute('src', /^blob:/)
  expect(asked.filter((one) => !one.startsWith('c.png'))).toEqual([])

  await fileRow(page, 'b.jpg').press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Details' }).click()
  const details = page.getByRole('complementary', { name: 'Details' })
  await expect(details).toContainText('300 × 200')
  await expect(details).toContainText('Canon EOS R6')
  await expect(details).toContainText('48.85833, -2.29444')
  await page.keyboard.press('i')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^owner|^user/ }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByLabel('API key', { exact: true })).toBeVisible()
  const databases = () =>
    page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))
  await expect.poll(databases).not.toContain('barkeep-thumbnails')
})

/** Of a picture whether it is higher than wide, and red to its edges. */
function corners(element: Element) {
  const image = element as HTMLImageElement
  const { naturalWidth: width, naturalHeight: height } = image
  const context = new OffscreenCanvas(width, height).getContext('2d', {
    willReadFrequently: true,
  })
  context?.drawImage(image, 0, 0)
  const isRed = [1, width - 2].every((x) => {
    const [red = 0, green = 0] = context?.getImageData(x, height >> 1, 1, 1).data ?? []
    return red > 150 && green < 80
  })
  return { isHigh: height > width, isRed }
}

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
