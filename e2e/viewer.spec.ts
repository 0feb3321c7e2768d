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
  for (const name of ['a.png', 'b & 50 %.png', 'c.bin'])
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
  await expect(viewer(page, 'c.bin').getByText('Files of this kind')).toBeVisible()
  await expect(viewer(page, 'c.bin').getByText('3 of 3')).toBeVisible()
  expect(asked.filter((path) => path.startsWith('/api/'))).toEqual([])

  await page.reload()
  await expect(viewer(page, 'c.bin').getByText('3 of 3')).toBeVisible()
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

/** A grey picture, as a PNG. */
function picture(width: number, height: number): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, width)
  header.setUint32(4, height)
  header.setUint8(8, 8)
  const rows = new Uint8Array(height * (width + 1)).fill(128)
  for (let row = 0; row < height; row += 1) rows[row * (width + 1)] = 0
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
