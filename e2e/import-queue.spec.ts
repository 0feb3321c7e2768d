import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

function importRows(page: Page) {
  return page.getByRole('region', { name: 'Transfers' }).getByRole('listitem')
}

test('a row tells what its import does, in a browser that did not start it, too', async ({
  page,
  barkeep,
  site,
  connect,
}) => {
  const link = `${site.origin}/watch/a?title=Slow%20harbour&list=separate&pace=500`
  const reply = await fetch(`${barkeep.origin}/api/v1/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${barkeep.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: link, type: 'video' }),
  })
  expect(reply.status).toBe(200)
  await connect()
  const transfers = page.getByRole('region', { name: 'Transfers' })
  await transfers.getByRole('tab', { name: /Imports/ }).click()
  await expect(importRows(page)).toContainText('Importing', { timeout: 15_000 })
  await expect(importRows(page)).toContainText(/Downloading [12] of 2 parts · .* of .*/, {
    timeout: 15_000,
  })
  await expect(importRows(page)).toContainText('Slow harbour')
  await expect(importRows(page)).not.toContainText('no name')
  await importRows(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(importRows(page)).toContainText('Cancelled', { timeout: 15_000 })
  await transfers.getByRole('button', { name: 'Clear finished' }).click()
  await page.reload()
  await transfers.getByRole('tab', { name: /Imports/ }).click()
  await expect(transfers).toContainText('No imports yet')
})
