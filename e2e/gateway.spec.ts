import { fileRow, transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

test('in front of another server the app works as before, without what does not exist there', async ({
  page,
  barkeep,
  startBarkeep,
  watch,
}) => {
  const gateway = await startBarkeep({ BARKEEP_UPSTREAM: barkeep.origin })
  await barkeep.upload({ folder: '/Films/', name: 'a.txt', bytes: 'from upstream' })
  watch.allowOrigin(gateway.origin)
  await page.goto(gateway.origin)
  await page.getByLabel('API key', { exact: true }).fill(barkeep.key)
  await page.getByRole('button', { name: 'Connect' }).click()
  await fileRow(page, 'Films').dblclick()
  await expect(fileRow(page, 'a.txt')).toBeVisible()

  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Upload files' }).click()
  await (await choosing).setFiles([
    { name: 'through.bin', mimeType: 'application/x', buffer: Buffer.alloc(2_000_000, 1) },
  ])
  await expect(transferRow(page, 'through.bin')).toContainText('Done')
  const { files } = await barkeep.list('/Films/')
  expect(files.map(({ name, size }) => [name, size])).toContainEqual(['through.bin', 2_000_000])

  await page.getByRole('button', { name: /^owner/ }).click()
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'API keys' })).toBeHidden()
  await expect(page.getByRole('link', { name: 'API reference' })).toBeHidden()
})

test('an upstream that is down is told in words, and one connects once it is back', async ({
  page,
  barkeep,
  startBarkeep,
  watch,
}) => {
  watch.expectTrouble(/503/)
  const gateway = await startBarkeep({ BARKEEP_UPSTREAM: barkeep.origin })
  watch.allowOrigin(gateway.origin)
  barkeep.cable.unplug()
  await page.goto(gateway.origin)
  await page.getByLabel('API key', { exact: true }).fill(barkeep.key)
  await page.getByRole('button', { name: 'Connect' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  barkeep.cable.mend()
  await page.getByRole('button', { name: 'Connect' }).click()
  await expect(page.getByRole('meter', { name: 'Requests left' })).toBeVisible()
})
