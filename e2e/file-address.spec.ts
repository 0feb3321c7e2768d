import type { Page } from '@playwright/test'
import { fileRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { folderUrl } from './folder-url.ts'
import type { Barkeep } from './start-barkeep.ts'
import { withoutAdditions } from './without-additions.ts'

/** `file 0000` and on, a thousand in each request. */
async function fill(barkeep: Barkeep, folder: string, files: number): Promise<void> {
  const names = Array.from({ length: files }, (_, at) => `file ${String(at).padStart(4, '0')}`)
  for (let from = 0; from < files; from += 1000) {
    const body = new FormData()
    for (const name of names.slice(from, from + 1000)) body.append('file', new Blob([name]), name)
    const url = `${barkeep.origin}/api/v1/upload/batch?path=${folder}`
    const headers = { authorization: `Bearer ${barkeep.key}` }
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200)
  }
}

const nameLink = (page: Page, name: string) => fileRow(page, name).getByRole('link')

test('every row is a link: another tab by the middle button, and plain presses stay the row’s', async ({
  page,
  context,
  barkeep,
  connect,
}) => {
  const name = '50 % & more? #1+🎬.txt'
  await barkeep.upload({ folder: '/Films/', name })
  await barkeep.upload({ folder: '/Films/2026/', name: 'inside.txt' })
  await connect({ folder: '/Films/' })
  await expect(nameLink(page, '2026')).toHaveAttribute('href', '/files/Films/2026/')
  const href = `/files/Films/?open=${encodeURIComponent(name)}`
  await expect(nameLink(page, name)).toHaveAttribute('href', href)

  await nameLink(page, name).click()
  await expect(fileRow(page, name)).toHaveAttribute('aria-selected', 'true')
  await expect(fileRow(page, name)).toBeFocused()
  expect(new URL(page.url()).search).toBe('')
  for (const isMiddle of [true, false]) {
    const opening = context.waitForEvent('page')
    if (isMiddle) await nameLink(page, name).click({ button: 'middle' })
    else await nameLink(page, name).click({ modifiers: ['ControlOrMeta'] })
    const tab = await opening
    await tab.waitForURL(new URL(href, barkeep.origin).href)
    await tab.close()
  }
  await expect(fileRow(page, name)).toHaveAttribute('aria-selected', 'true')
  await nameLink(page, '2026').dblclick()
  await expect(fileRow(page, 'inside.txt')).toBeVisible()
})

test('a file’s address shows it however far down it is, over reload and Back', async ({
  page,
  barkeep,
  connect,
}) => {
  await fill(barkeep, '/Many/', 2400)
  await connect({ folder: '/Many/' })
  const expectShown = async (name: string) => {
    await expect(fileRow(page, name)).toBeFocused()
    await expect(fileRow(page, name)).toBeInViewport()
    await expect(fileRow(page, name)).toHaveAttribute('aria-selected', 'true')
  }
  const open = `${folderUrl(barkeep, '/Many/')}?open=file%202100`
  await page.goto(open)
  await expectShown('file 2100')
  await page.reload()
  await expectShown('file 2100')
  await page.getByRole('navigation', { name: 'Folder path' }).getByRole('link').first().click()
  await expect(fileRow(page, 'Many')).toBeVisible()
  await page.goBack()
  expect(page.url()).toBe(open)
  await expectShown('file 2100')

  await page.goto(`${folderUrl(barkeep, '/Many/')}?open=file%202100b`)
  await expect(page.getByText('“file 2100b” is not in this folder')).toBeVisible()
})

test('where the server does not say how many files there are, the rest is looked at when asked', async ({
  page,
  barkeep,
  connect,
}) => {
  await withoutAdditions(page)
  await fill(barkeep, '/Some/', 60)
  await connect({ folder: '/Some/' })
  await page.goto(`${folderUrl(barkeep, '/Some/')}?open=file%200059`)
  await page.getByRole('button', { name: 'Look in the rest' }).click()
  await expect(fileRow(page, 'file 0059')).toBeFocused()
  await expect(fileRow(page, 'file 0059')).toBeInViewport()
})
