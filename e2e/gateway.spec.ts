import { open } from 'node:fs/promises'
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

  // What the server behind it can do beyond the reference is done through it, and taken back.
  await fileRow(page, 'a.txt').focus()
  await page.keyboard.press('Delete')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(async () => (await barkeep.list('/Films/')).files.length).toBe(2)
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search' }).fill('throu')
  await page.getByRole('option', { name: /through\.bin/ }).click()
  await expect(page).toHaveURL(/open=through\.bin/)
  await expect(fileRow(page, 'through.bin')).toHaveAttribute('aria-selected', 'true')

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

test('where no account is kept there is no sign-in by password, and no page for keys', async ({
  page,
  barkeep,
  startBarkeep,
  watch,
}) => {
  const gateway = await startBarkeep({ BARKEEP_UPSTREAM: barkeep.origin })
  watch.allowOrigin(gateway.origin)
  await page.goto(gateway.origin)
  await expect(page.getByText('Your files are with a hosted service')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Sign in to make a key' })).toBeHidden()
  await page.goto(`${gateway.origin}/api-keys`)
  await expect(page.getByRole('alert')).toContainText('keeps no accounts of its own')
  await expect(page.getByLabel('Password')).toBeHidden()
})

test('the progress of an upload is what went on to the service, not what the gateway took', async ({
  page,
  barkeep,
  startBarkeep,
  watch,
}, testInfo) => {
  const file = testInfo.outputPath('slow.bin')
  const handle = await open(file, 'w')
  await handle.truncate(100_000_000)
  await handle.close()
  const gateway = await startBarkeep({ BARKEEP_UPSTREAM: barkeep.origin })
  watch.allowOrigin(gateway.origin)
  await page.goto(gateway.origin)
  await page.getByLabel('API key', { exact: true }).fill(barkeep.key)
  await page.getByRole('button', { name: 'Connect' }).click()
  await expect(page.getByRole('meter', { name: 'Requests left' })).toBeVisible()

  barkeep.cable.slowTo(500_000)
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Upload files' }).click()
  await (await choosing).setFiles(file)
  const row = transferRow(page, 'slow.bin')
  const percent = async () =>
    Number(await row.getByRole('progressbar').getAttribute('aria-valuenow'))
  // The system's buffers on the way fill at once; from then on the pace is the service's.
  let last = -1
  await expect
    .poll(
      async () => {
        const grown = (await percent()) - last
        last += grown
        return last > 0 && grown < 3
      },
      { intervals: [1000] },
    )
    .toBe(true)
  expect(last).toBeLessThan(50)
  await expect(row).toContainText('Uploading')

  barkeep.cable.slowTo(null)
  await expect(row).toContainText('Done', { timeout: 30_000 })
  const { files } = await barkeep.list('/')
  expect(files.map(({ name, size }) => [name, size])).toEqual([['slow.bin', 100_000_000]])
})
