import { fileRow, treeItem } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

test('a folder and a tree that a service could not give come by themselves once it is back', async ({
  page,
  barkeep,
  startBarkeep,
  watch,
}) => {
  watch.expectTrouble(/503/)
  await barkeep.upload({ folder: '/Films/2026/', name: 'a.txt' })
  const gateway = await startBarkeep({ BARKEEP_UPSTREAM: barkeep.origin })
  watch.allowOrigin(gateway.origin)
  await page.goto(`${gateway.origin}/files/Films/`)
  await page.getByLabel('API key', { exact: true }).fill(barkeep.key)
  await page.route('**/api/v1/{files,folders}*', (route) => {
    // The key is known by now: the service goes away before it is asked for anything else.
    barkeep.cable.unplug()
    return route.continue()
  })
  await page.getByRole('button', { name: 'Connect' }).click()
  const problem = page.getByRole('main').getByRole('alert')
  await expect(problem).toContainText('The server, or the service behind it, is not ready')
  await page.unroute('**/api/v1/{files,folders}*')
  barkeep.cable.mend()
  await expect(fileRow(page, '2026')).toBeVisible({ timeout: 30_000 })
  await expect(treeItem(page, 'Films')).toBeVisible({ timeout: 30_000 })
  await expect(problem).toBeHidden()
})
