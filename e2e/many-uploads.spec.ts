import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dropAtOnce, dropFiles } from './drop-files.ts'
import { fileRow, transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { pasteForms } from './paste-forms.ts'

test.use({ settings: { BARKEEP_RATE_LIMIT: '300' } })

test('a folder that a reload interrupted goes on in its rows when it is dropped again; another tab leaves them alone', async ({
  page,
  barkeep,
  connect,
  watch,
}, testInfo) => {
  // Those that were on their way are looked for, in a folder that is not there yet.
  watch.expectTrouble(/404.*path=%2FTrip%2F/)
  const folder = testInfo.outputPath('Trip')
  await mkdir(folder, { recursive: true })
  const empty = testInfo.outputPath('Empty')
  await mkdir(empty)
  const names = Array.from({ length: 12 }, (_, index) => `${index + 1}.bin`)
  for (const name of names) await writeFile(join(folder, name), Buffer.alloc(400_000, name))
  await page.context().addInitScript(() => {
    // What this page asked about other pages, and what it was told.
    const asked: Promise<unknown>[] = []
    Object.assign(window, { asked })
    const { request } = LockManager.prototype
    LockManager.prototype.request = function (this: LockManager, ...args: never[]) {
      const answer = (request as (...args: never[]) => Promise<unknown>).apply(this, args)
      if (String(args[0]).startsWith('barkeep-page-')) asked.push(answer)
      return answer
    } as typeof request
  })
  await connect()
  barkeep.cable.slowTo(5_000)
  await dropAtOnce(page, [folder])
  await expect(page.getByRole('status').filter({ hasText: '0 of 12 uploaded' })).toBeAttached()

  // Its session storage is copied, the key and all.
  const [copy] = await Promise.all([
    page.waitForEvent('popup'),
    page.evaluate(() => void window.open(location.href)),
  ])
  await expect(copy.getByRole('region', { name: 'Transfers' })).toBeVisible()
  await copy.waitForFunction(() => (window as unknown as { asked: unknown[] }).asked.length > 0)
  const answers = await copy.evaluate(() =>
    Promise.allSettled((window as unknown as { asked: Promise<unknown>[] }).asked),
  )
  expect(answers.map(({ status }) => status)).toEqual(['rejected'])
  // Had it taken them over, it would have read them before this is read, and draws them with the next row.
  await copy.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('barkeep-uploads')
      opening.onsuccess = () => resolve(opening.result)
    })
    await new Promise<unknown>((resolve) => {
      const all = database.transaction('uploads', 'readwrite').objectStore('uploads').getAll()
      all.onsuccess = resolve
    })
  })
  await dropFiles(copy, [empty])
  await expect(copy.getByText('1 empty folder made.')).toBeVisible()
  // What the first one sends is to be seen here, and is the first one's.
  await expect(copy.getByRole('region', { name: 'In another tab' })).toContainText('.bin')
  await expect(copy.getByText('Interrupted')).toHaveCount(0)
  await copy.close()

  page.on('dialog', (dialog) => void dialog.accept())
  await page.reload()
  const transfers = page.getByRole('region', { name: 'Transfers' })
  await expect(transfers.getByText('12 interrupted')).toBeVisible()
  await expect(transfers.getByRole('button', { name: 'Retry all' })).toBeVisible()
  barkeep.cable.slowTo(null)
  await dropFiles(page, [folder])
  await expect(transfers.getByText('12 done')).toBeVisible({ timeout: 60_000 })
  await expect(transfers.getByText('interrupted')).toHaveCount(0)
  await expect(page.getByRole('status').filter({ hasText: '12 of 12 uploaded' })).toBeAttached()
  expect((await barkeep.list('/Trip/')).files).toHaveLength(12)
})

test('an upload that is cancelled while its answer is late ends as what is true', async ({
  page,
  barkeep,
  connect,
}, testInfo) => {
  await connect()
  const path = testInfo.outputPath('late.bin')
  await writeFile(path, Buffer.alloc(300_000, 1))
  const first = testInfo.outputPath('first.bin')
  await writeFile(first, 'x')
  await dropFiles(page, [first])
  // Whatever loads with the first upload is there now.
  await expect(transferRow(page, 'first.bin')).toContainText('Done')
  barkeep.cable.holdAnswers(true)
  await dropFiles(page, [path])
  const row = transferRow(page, 'late.bin')
  await expect(row).toContainText('100 %')
  await row.getByRole('button', { name: 'Cancel' }).click()
  await expect(row).toContainText('finding out whether it arrived')
  barkeep.cable.holdAnswers(false)
  await expect(row).toContainText('It had arrived before it was cancelled.')
  await expect(row).toContainText('Done')
  await expect(fileRow(page, 'late.bin')).toBeVisible()
})

test('what is said for ears alone takes nothing away that eyes are reading', async ({
  page,
  barkeep,
  connect,
}, testInfo) => {
  const first = testInfo.outputPath('first.bin')
  const second = testInfo.outputPath('second.bin')
  for (const path of [first, second]) await writeFile(path, path)
  const said = (words: string) => page.getByRole('status').filter({ hasText: words })
  await page.clock.install()
  await connect()
  await dropFiles(page, [first])
  await expect(said('1 of 1 uploaded')).toBeAttached()
  barkeep.cable.holdAnswers(true)
  await dropFiles(page, [second])
  await expect(said('0 of 1 uploaded')).toBeAttached()
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000))
  await pasteForms(page, { text: 'no link' })
  await expect(said('There is no file and no link in it.')).toBeVisible()
  barkeep.cable.holdAnswers(false)
  await expect(transferRow(page, 'second.bin')).toContainText('Done')
  await page.clock.runFor(1_000)
  await expect(said('1 of 1 uploaded')).toBeAttached()
  await expect(said('There is no file and no link in it.')).toBeVisible()
})

test('a page of a proxy’s is not taken for the server’s word about a file', async ({
  page,
  connect,
  watch,
}, testInfo) => {
  watch.expectTrouble(/413/)
  await connect()
  const path = testInfo.outputPath('big.bin')
  await writeFile(path, Buffer.alloc(3_000_000, 1))
  await page.route('**/api/v1/upload?*', (route) =>
    route.fulfill({
      status: 413,
      contentType: 'text/html',
      body: '<html><h1>413 Request Entity Too Large</h1></html>',
    }),
  )
  await dropFiles(page, [path])
  const row = transferRow(page, 'big.bin')
  await expect(row).toContainText('Failed')
  await expect(row).toContainText('proxy')
  await expect(row).toContainText('413')
  await expect(row).not.toContainText('account')
})
