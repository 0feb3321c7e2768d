import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dropAtOnce } from './drop-files.ts'
import { transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

test('a hundred small files of a dropped folder arrive byte for byte in a few requests', async ({
  page,
  barkeep,
  connect,
}, testInfo) => {
  const folder = testInfo.outputPath('Trip')
  await mkdir(join(folder, 'Rome'), { recursive: true })
  const bytesOf = (index: number) => Buffer.alloc(index * 137, `${index} `)
  const names = Array.from({ length: 100 }, (_, index) =>
    index % 10 === 0 ? `größe "${index}" %22 100% (1)'s.txt` : `${index}.jpg`,
  )
  const placeOf = (index: number) => (index % 2 === 0 ? 'Rome' : '')
  for (const [index, name] of names.entries()) {
    await writeFile(join(folder, placeOf(index), name), bytesOf(index))
  }
  await connect()
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(new URL(request.url()).pathname)
  })
  await dropAtOnce(page, [folder])
  const transfers = page.getByRole('region', { name: 'Transfers' })
  await expect(transfers.getByText('100 done')).toBeVisible({ timeout: 60_000 })
  expect(sent).toContain('/api/v1/upload/batch')
  expect(sent.length).toBeLessThanOrEqual(4)

  for (const [path, place] of [
    ['/Trip/', ''],
    ['/Trip/Rome/', 'Rome'],
  ] as const) {
    const { files } = await barkeep.list(path)
    const expected = names.filter((_, index) => placeOf(index) === place)
    expect(files.map(({ name }) => name).sort()).toEqual(expected.sort())
    for (const { name, link } of files) {
      const bytes = Buffer.from(await (await fetch(link)).arrayBuffer())
      expect(bytes.equals(bytesOf(names.indexOf(name)))).toBe(true)
    }
  }
})

test('a file of a pack under way is cancelled alone: it is not there, and the others arrive', async ({
  page,
  barkeep,
  connect,
}, testInfo) => {
  const folder = testInfo.outputPath('Trip')
  await mkdir(folder, { recursive: true })
  const names = Array.from({ length: 12 }, (_, index) => `${index + 1}.bin`)
  // More than what the system takes of a request before the cable carries it.
  for (const name of names) await writeFile(join(folder, name), Buffer.alloc(3_000_000, name))
  await connect()
  barkeep.cable.slowTo(200_000)
  await dropAtOnce(page, [folder])
  const row = transferRow(page, '6.bin')
  await expect(row).toContainText('Uploading')
  await row.getByRole('button', { name: 'Cancel' }).click()
  await expect(row).toContainText('Cancelled')
  barkeep.cable.slowTo(null)
  const transfers = page.getByRole('region', { name: 'Transfers' })
  await expect(transfers.getByText('11 done')).toBeVisible({ timeout: 60_000 })
  await expect(row).toContainText('Cancelled')
  const { files } = await barkeep.list('/Trip/')
  const rest = names.filter((name) => name !== '6.bin')
  expect(files.map(({ name }) => name).sort()).toEqual(rest.sort())
})
