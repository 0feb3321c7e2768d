import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { crc32, deflateSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { fileRow } from './find-rows.ts'
import { findViolations } from './find-violations.ts'
import { expect, test } from './fixtures.ts'
import { folderUrl } from './folder-url.ts'

const viewer = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true })
const button = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name })

test('a file opens over the list with an address of its own: stepping, Back, reload, and focus back', async ({
  page,
  barkeep,
  connect,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  for (const name of ['a.png', 'b & 50 %.png', 'c.docx'])
    await barkeep.upload({ folder: '/Pictures/', name, bytes: picture(40, 30) })
  await connect({ folder: '/Pictures/' })
  const folder = folderUrl(barkeep, '/Pictures/')
  const asked: string[] = []

  await fileRow(page, 'a.png').press('Enter')
  await expect(viewer(page, 'a.png').getByRole('img', { name: 'a.png' })).toBeVisible()
  await expect(viewer(page, 'a.png').getByText('1 of 3')).toBeVisible()
  expect(page.url()).toBe(`${folder}?view=a.png`)
  expect(await findViolations(page)).toEqual([])

  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.keyboard.press('ArrowRight')
  await expect(
    viewer(page, 'b & 50 %.png').getByRole('img', { name: 'b & 50 %.png' }),
  ).toBeVisible()
  await button(page, 'Next').click()
  await expect(viewer(page, 'c.docx').getByText('Files of this kind')).toBeVisible()
  await expect(viewer(page, 'c.docx').getByText('3 of 3')).toBeVisible()
  expect(asked.filter((path) => path.startsWith('/api/'))).toEqual([])

  await page.reload()
  await expect(viewer(page, 'c.docx').getByText('3 of 3')).toBeVisible()
  await button(page, 'Previous').click()
  await expect(viewer(page, 'b & 50 %.png')).toBeVisible()
  await page.goBack()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(fileRow(page, 'b & 50 %.png')).toBeFocused()
  expect(page.url()).toBe(folder)

  await page.goto(`${folder}?view=gone.png`)
  await expect(viewer(page, 'gone.png').getByText('is not in this folder')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(page.url()).toBe(folder)
  await expect(fileRow(page, 'a.png')).toBeFocused()
})

test('a film plays with the subtitles beside it, by keyboard alone', async ({
  page,
  barkeep,
  connect,
}, testInfo) => {
  const film = testInfo.outputPath('film.mp4')
  const source = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10:duration=30']
  await promisify(execFile)('ffmpeg', ['-v', 'error', ...source, '-pix_fmt', 'yuv420p', film])
  await barkeep.upload({ name: 'Film.mp4', bytes: Uint8Array.from(await readFile(film)) })
  const said = 'Gr\u00fc\u00dfe <script>document.title = 1</script><i>alle</i>'
  const srt = `1\r\n00:00:00,000 --> 00:00:30,000\r\n${said}\r\n`
  await barkeep.upload({ name: 'Film.de.srt', bytes: Uint8Array.from(Buffer.from(srt, 'latin1')) })
  await barkeep.upload({ name: 'Film.en.vtt', bytes: 'WEBVTT\n\n00:00.000 --> 00:30.000\nAll' })
  await connect()
  await fileRow(page, 'Film.mp4').press('Enter')
  const video = viewer(page, 'Film.mp4').locator('video')
  const state = () =>
    video.evaluate(({ textTracks, paused, currentTime }: HTMLVideoElement) => ({
      shown: [...textTracks].find(({ mode }) => mode === 'showing')?.label ?? null,
      said: [...textTracks].flatMap(({ activeCues }) => (activeCues?.[0] as VTTCue)?.text ?? []),
      paused,
      second: Math.floor(currentTime),
    }))
  await expect.poll(async () => (await state()).second).toBeGreaterThan(0)
  await expect(video.locator('track')).toHaveCount(2)
  await page.keyboard.press('Space')
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
  await page.keyboard.press('5')
  await expect.poll(state).toMatchObject({ shown: null, paused: true, second: 15 })
  await page.keyboard.press('j')
  await expect.poll(state).toMatchObject({ second: 5 })

  await button(page, 'Subtitles').press('Enter')
  await page.getByRole('radio', { name: 'Off' }).focus()
  await page.keyboard.press('ArrowDown')
  await expect
    .poll(state)
    .toMatchObject({ shown: 'German', said: ['Gr\u00fc\u00dfe document.title = 1<i>alle</i>'] })
  await page.keyboard.press('Escape')
  await expect(page.getByRole('radio', { name: 'Off' })).toHaveCount(0)
  await button(page, 'Subtitles').focus()
  await page.keyboard.press('c')
  await expect.poll(state).toMatchObject({ shown: null })

  // Nobody pressed anything in the page that is loaded anew: it waits where it was.
  await page.keyboard.press('5')
  await expect.poll(state).toMatchObject({ second: 15 })
  await page.reload()
  await expect(viewer(page, 'Film.mp4').getByText('Went on at')).toBeVisible()
  await expect.poll(state).toMatchObject({ paused: true, second: 15 })
})

test('a picture is enlarged, turned and put back by keys and wheel, and one that is too large is told', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ name: 'a.png', bytes: picture(400, 300) })
  // 120 megapixels, of which there are no more than the first bytes.
  await barkeep.upload({ name: 'b.png', bytes: picture(12_000, 10_000, 1) })
  await connect()
  await fileRow(page, 'a.png').press('Enter')
  const image = page.getByRole('img', { name: 'a.png' })
  const size = async () => {
    const { width = 0, height = 0 } = (await image.boundingBox()) ?? {}
    return [Math.round(width), Math.round(height)]
  }
  await expect.poll(size).toEqual([400, 300])
  await page.keyboard.press('+')
  await expect.poll(size).toEqual([560, 420])
  await page.keyboard.press('0')
  await expect.poll(size).toEqual([400, 300])
  await page.keyboard.press('r')
  await expect.poll(size).toEqual([300, 400])
  await image.hover()
  await page.mouse.wheel(0, -300)
  await expect.poll(async () => (await size())[0]).toBeGreaterThan(400)
  await page.keyboard.press('ArrowRight')
  await expect(viewer(page, 'b.png').getByText('120 megapixels')).toBeVisible()
})

test.describe('under fingers', () => {
  test.use({ hasTouch: true })

  test('a swipe steps, a pinch enlarges and steps nowhere, and then a finger moves the picture', async ({
    page,
    barkeep,
    connect,
  }) => {
    for (const name of ['a.png', 'b.png'])
      await barkeep.upload({ name, bytes: picture(1600, 1200) })
    await connect()
    await fileRow(page, 'a.png').press('Enter')
    const image = (name: string) => page.getByRole('dialog').getByRole('img', { name })
    const box = async () => (await image('a.png').boundingBox()) ?? { x: 0, width: 0 }
    const session = await page.context().newCDPSession(page)
    /** Fingers at some px from the left, in steps. */
    const draw = async (...places: number[][]) => {
      for (const [at, fingers] of places.entries()) {
        const touchPoints = fingers.map((x, id) => ({ x, y: 400, id }))
        const type = at === 0 ? 'touchStart' : 'touchMove'
        await session.send('Input.dispatchTouchEvent', { type, touchPoints })
      }
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    }
    await expect(image('a.png')).toBeVisible()
    await draw([700], [600], [500])
    await expect(image('b.png')).toBeVisible()
    await draw([500], [600], [700])
    await expect(image('a.png')).toBeVisible()
    const before = await box()
    await draw([600, 640], [500, 740], [400, 840])
    await expect.poll(async () => (await box()).width).toBeGreaterThan(before.width * 3)
    const enlarged = await box()
    await draw([700], [650], [600])
    await expect.poll(async () => Math.round((await box()).x)).toBe(Math.round(enlarged.x) - 100)
    await expect(image('a.png')).toBeVisible()
  })
})

/** A grey picture, as a PNG; with fewer rows in it than it says where `rowsIn` are fewer. */
function picture(width: number, height: number, rowsIn = height): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, width)
  header.setUint32(4, height)
  header.setUint8(8, 8)
  const rows = new Uint8Array(rowsIn * (width + 1)).fill(128)
  for (let row = 0; row < rowsIn; row += 1) rows[row * (width + 1)] = 0
  const chunks = [
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ]
  return Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, ...chunks.flatMap((one) => [...one])])
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(data.length + 12)
  bytes.writeUInt32BE(data.length, 0)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), data.length + 8)
  return bytes
}
