import { writeFile } from 'node:fs/promises'
import { dragFiles } from './drop-files.ts'
import { fileRow, importDialog, transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { folderUrl } from './folder-url.ts'
import { pasteText } from './paste-text.ts'

test('connect, open a folder, drop a file, import a video from a link, and play it', async ({
  page,
  barkeep,
  site,
  connect,
}, testInfo) => {
  await barkeep.upload({ folder: '/Films/', name: 'old.txt' })
  await connect()

  await fileRow(page, 'Films').dblclick()
  await expect(page).toHaveURL(folderUrl(barkeep, '/Films/'))
  await expect(fileRow(page, 'old.txt')).toBeVisible()

  const file = testInfo.outputPath('holiday.txt')
  await writeFile(file, 'sun and sand')
  const drag = await dragFiles(page, [file])
  await expect(page.getByText('Drop to upload to /Films/')).toBeVisible()
  await drag.release()
  await expect(page.getByText('Drop to upload to /Films/')).toBeHidden()
  await expect(transferRow(page, 'holiday.txt')).toContainText('Done')
  await expect(fileRow(page, 'holiday.txt')).toBeVisible()
  const listed = (await barkeep.list('/Films/')).files.find(({ name }) => name === 'holiday.txt')
  expect(await (await fetch(listed?.link ?? '')).text()).toBe('sun and sand')

  await pasteText(page, `Look at this: ${site.origin}/watch/harbour`)
  const dialog = importDialog(page)
  await expect(dialog.getByRole('textbox', { name: 'Links' })).toHaveValue(
    `${site.origin}/watch/harbour`,
  )
  await dialog
    .getByRole('radiogroup', { name: 'Type' })
    .getByRole('radio', { name: 'Video' })
    .click()
  await dialog.getByRole('radio', { name: '360p' }).click()
  await dialog.getByRole('button', { name: 'Start import' }).click()
  await page
    .getByRole('region', { name: 'Transfers' })
    .getByRole('tab', { name: /Imports/ })
    .click()
  const row = page.getByRole('region', { name: 'Transfers' }).getByRole('listitem')
  await expect(row).toContainText('Done', { timeout: 45_000 })

  await page.getByRole('navigation', { name: 'Folder path' }).getByText('All files').click()
  await fileRow(page, 'Harbour at dawn').dblclick()
  await expect(page).toHaveURL(folderUrl(barkeep, '/Harbour at dawn/'))
  const video = page
    .getByRole('grid', { name: 'Files' })
    .getByRole('row', { name: /\.(mp4|mkv|webm)$/ })
  await video.dblclick()
  const player = page.getByRole('dialog', { name: /\.(mp4|mkv|webm)$/ }).locator('video')
  await player.evaluate((element: HTMLVideoElement) => {
    element.muted = true
    return element.play()
  })
  await expect
    .poll(() => player.evaluate((element: HTMLVideoElement) => element.currentTime))
    .toBeGreaterThan(0.5)
})
