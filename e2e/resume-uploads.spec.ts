import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dropAtOnce, dropFiles } from './drop-files.ts'
import { transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

test('a dropped folder goes on after a reload by one press, without being dropped again', async ({
  page,
  barkeep,
  connect,
}, testInfo) => {
  const folder = testInfo.outputPath('Trip')
  await mkdir(join(folder, 'day 1'), { recursive: true })
  const names = ['a.bin', 'b.bin', 'day 1/c.bin']
  for (const name of names) await writeFile(join(folder, name), Buffer.alloc(400_000, name))
  await connect()
  barkeep.cable.slowTo(5_000)
  await dropAtOnce(page, [folder])
  await expect(transferRow(page, 'a.bin')).toContainText('Uploading')
  page.on('dialog', (dialog) => void dialog.accept())
  await page.reload()
  const transfers = page.getByRole('region', { name: 'Transfers' })
  await expect(transfers.getByText('3 interrupted')).toBeVisible()
  barkeep.cable.slowTo(null)
  await transfers.getByRole('button', { name: 'Retry all' }).click()
  await expect(transfers.getByText('3 done')).toBeVisible()
  expect((await barkeep.list('/Trip/day 1/')).files.map(({ size }) => size)).toEqual([400_000])
})

test('what is dropped can be taken back, and dropped twice it is sent once', async ({
  page,
  barkeep,
  connect,
}, testInfo) => {
  const folder = testInfo.outputPath('Trip')
  await mkdir(join(folder, 'empty'), { recursive: true })
  for (const name of ['a.txt', 'b.txt', '.DS_Store']) await writeFile(join(folder, name), name)
  let uploads = 0
  page.on('request', (request) => {
    if (request.url().includes('/api/v1/upload')) uploads += 1
  })
  await connect()
  const coming = page.getByRole('region', { name: 'Before sending' })
  await dropFiles(page, [folder])
  await expect(coming).toContainText('1 system file is left out: .DS_Store.')
  await coming.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('No uploads yet')).toBeVisible()

  await dropAtOnce(page, [folder])
  await expect(transferRow(page, 'a.txt')).toContainText('Done')
  await expect(transferRow(page, 'b.txt')).toContainText('Done')
  await expect(page.getByText('1 empty folder made.')).toBeVisible()
  expect((await barkeep.list('/Trip/')).folders).toEqual(['empty'])
  expect(uploads).toBe(2)

  await page.getByRole('button', { name: 'Clear finished' }).click()
  await writeFile(join(folder, 'b.txt'), 'new')
  await dropAtOnce(page, [folder])
  const dialog = page.getByRole('dialog', { name: 'b.txt is there already' })
  await dialog.getByRole('button', { name: 'Replace' }).click()
  await expect(transferRow(page, 'b.txt')).toContainText('is in the trash')
  await expect(transferRow(page, 'a.txt')).toContainText('It was there already')
  expect(uploads).toBe(3)
  const { files } = await barkeep.list('/Trip/')
  expect(files.map(({ name, size }) => `${name} ${size}`)).toEqual(['a.txt 5', 'b.txt 3'])
})
