import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { fileRow } from './find-rows.ts'
import { findViolations } from './find-violations.ts'
import { expect, test } from './fixtures.ts'

test('the panel beside the list follows the keyboard and the selection, and asks only links', async ({
  page,
  barkeep,
  connect,
}) => {
  const create = { width: 60, height: 40, channels: 3 as const, background: '#c63' }
  const bytes = new Uint8Array(await sharp({ create }).png().toBuffer())
  const { link } = await barkeep.upload({ folder: '/Box/', name: 'a.png', bytes })
  await barkeep.upload({ folder: '/Box/', name: 'b.txt', bytes: 'twelve bytes' })
  await connect({ folder: '/Box/' })
  const panel = page.getByRole('complementary', { name: 'Details', exact: true })
  const fact = (name: string) =>
    panel
      .locator('dl > div')
      .filter({ has: page.getByText(name, { exact: true }) })
      .locator('dd')
  await fileRow(page, 'a.png').click()
  await expect(page.getByText('1 selected')).toBeVisible()
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))

  await page.keyboard.press('i')
  await expect(fact('Dimensions')).toHaveText('60 × 40')
  await expect(fact('SHA-256')).toHaveText(createHash('sha256').update(bytes).digest('hex'))
  await expect(fact('Folder')).toHaveText('/Box/')
  await expect(fact('Link')).toContainText(link)
  await expect(panel.getByRole('img', { name: 'QR code of the link' })).toBeVisible()
  expect(await findViolations(page)).toEqual([])

  await page.keyboard.press('ArrowDown')
  await expect(fact('Name')).toHaveText('b.txt')
  await page.keyboard.press('Shift+ArrowUp')
  await fileRow(page, 'b.txt').click({ modifiers: ['Shift'] })
  await expect(fact('Selected')).toHaveText('2 files')
  await expect(fact('Kinds')).toHaveText('1 picture, 1 text file')
  expect(asked.filter((path) => path.startsWith('/api/'))).toEqual([])

  await page.reload()
  await expect(fact('Name')).toHaveText('a.png')
  await panel.getByRole('button', { name: 'Copy link' }).focus()
  await page.keyboard.press('Escape')
  await expect(fileRow(page, 'a.png')).toBeFocused()
  await expect(panel).toHaveCount(0)

  // In the viewer Escape closes what has the keyboard.
  await page.keyboard.press('Enter')
  const viewer = page.getByRole('dialog', { name: 'a.png' })
  await viewer.getByRole('button', { name: 'Details' }).click()
  await viewer.getByRole('button', { name: 'Close details' }).focus()
  await page.keyboard.press('Escape')
  await expect(viewer.getByRole('button', { name: 'Close details' })).toHaveCount(0)
  await expect(viewer).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(fileRow(page, 'a.png')).toBeFocused()
})
