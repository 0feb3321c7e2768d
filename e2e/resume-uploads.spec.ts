import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dropFiles } from './drop-files.ts'
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
  await dropFiles(page, [folder])
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
