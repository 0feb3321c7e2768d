import { importDialog } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

test.use({ serviceWorkers: 'allow' })

test('links sent by another page survive connecting, and are asked about before they start', async ({
  page,
  barkeep,
  watch,
}) => {
  watch.allowOrigin(barkeep.origin)
  const starts: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST') starts.push(request.url())
  })
  const text = 'Two: https://example.org/a.mp4, https://example.org/b.mp4'
  await page.goto(
    `${barkeep.origin}/import?${new URLSearchParams({ text })}#url=web%2Bbarkeep:https%3A%2F%2Fexample.org%2Fc`,
  )
  // Who has no key yet makes one first.
  await page.getByRole('link', { name: 'Sign in to make a key' }).click()
  await expect(page).toHaveURL(`${barkeep.origin}/api-keys`)
  await page.goBack()
  await page.getByLabel('API key', { exact: true }).fill(barkeep.key)
  await page.getByRole('button', { name: 'Connect' }).click()
  await expect(importDialog(page).getByRole('textbox', { name: 'Links' })).toHaveValue(
    'https://example.org/a.mp4\nhttps://example.org/b.mp4\nhttps://example.org/c',
  )
  await expect(page).toHaveURL(`${barkeep.origin}/files/`)
  expect(starts).toEqual([])
  // Taken once: a reload asks nothing.
  await importDialog(page).getByRole('button', { name: 'Clear' }).click()
  await page.reload()
  await expect(page.getByRole('region', { name: 'Transfers' })).toBeVisible()
  await expect(importDialog(page)).toHaveCount(0)
})

test('files shared by another app are uploaded where somebody says, and the page opens without a network', async ({
  page,
  context,
  barkeep,
  connect,
  watch,
}) => {
  watch.expectTrouble(/ERR_INTERNET_DISCONNECTED|Failed to load resource/)
  await barkeep.upload({ folder: '/Holiday/', name: 'a.txt' })
  await connect()
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
    // What a phone's share sheet sends.
    const form = document.createElement('form')
    Object.assign(form, { method: 'post', action: '/share-target', enctype: 'multipart/form-data' })
    const input = Object.assign(document.createElement('input'), {
      type: 'file',
      name: 'files',
      multiple: true,
    })
    const chosen = new DataTransfer()
    chosen.items.add(new File(['one'], 'é 1.jpg', { lastModified: 1_000 }))
    chosen.items.add(new File(['two'], 'b #2.txt'))
    input.files = chosen.files
    form.append(input)
    document.body.append(form)
    form.submit()
  })
  const dialog = page.getByRole('dialog', { name: 'Choose a folder' })
  await dialog.getByRole('treeitem', { name: 'Holiday' }).click()
  await dialog.getByRole('button', { name: 'Upload' }).click()
  await expect
    .poll(async () => (await barkeep.list('/Holiday/')).files.map(({ name }) => name))
    .toEqual(['a.txt', 'b #2.txt', 'é 1.jpg'])

  await context.setOffline(true)
  await page.reload()
  await expect(page.getByText('offline')).toBeVisible()
})
