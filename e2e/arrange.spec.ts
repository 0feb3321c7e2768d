import type { Page } from '@playwright/test'
import { fileRow, treeItem } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import type { Barkeep } from './start-barkeep.ts'

test.use({ settings: { BARKEEP_RATE_LIMIT: '100000' } })

const phone = { width: 390, height: 844 }

const days: Record<string, string> = { 'middle.txt': '01', 'zebra.txt': '02', 'apple.txt': '03' }

/** Three files whose order is another one by each column. The server counts days as long as it lives. */
async function bringIn(page: Page, barkeep: Barkeep): Promise<void> {
  await page.route('**/api/v1/files?*', async (route) => {
    const response = await route.fetch()
    const listing = await response.json()
    for (const file of listing.files) {
      if (days[file.name]) file.uploaded_at = `2026-05-${days[file.name]}T10:00:00+00:00`
    }
    await route.fulfill({ response, json: listing })
  })
  await barkeep.upload({ folder: '/Box/', name: 'middle.txt', bytes: '22' })
  await barkeep.upload({ folder: '/Box/', name: 'zebra.txt', bytes: '1' })
  await barkeep.upload({ folder: '/Box/', name: 'apple.txt', bytes: '333' })
  await barkeep.upload({ folder: '/Box/Inner/', name: 'deep.txt' })
}

/** The names of the rows as they are seen, from top to bottom and from left to right. */
function names(page: Page): Promise<string[]> {
  return page.getByRole('grid', { name: 'Files' }).evaluate((grid) =>
    Array.from(grid.querySelectorAll('[data-key]'), (row) => {
      const { top, left } = row.getBoundingClientRect()
      return { name: row.getAttribute('aria-label') ?? '', top, left }
    })
      .sort((one, other) => one.top - other.top || one.left - other.left)
      .map(({ name }) => name.replace('.txt', '')),
  )
}

async function choose(page: Page, option: string): Promise<void> {
  await page.getByRole('button', { name: 'List options' }).click()
  await page.getByRole('menuitemradio', { name: option }).click()
  await expect(page.getByRole('menu')).toBeHidden()
}

test('a column heading sorts, and sorts the other way round when pressed again', async ({
  page,
  barkeep,
  connect,
}) => {
  await bringIn(page, barkeep)
  await connect({ folder: '/Box/' })
  const heading = (name: string) => page.getByRole('columnheader', { name })
  const orders: [string, string, string[]][] = [
    ['Size', 'descending', ['Inner', 'apple', 'middle', 'zebra']],
    ['Size', 'ascending', ['Inner', 'zebra', 'middle', 'apple']],
    ['Uploaded', 'descending', ['Inner', 'apple', 'zebra', 'middle']],
    ['Uploaded', 'ascending', ['Inner', 'middle', 'zebra', 'apple']],
    ['Name', 'ascending', ['Inner', 'apple', 'middle', 'zebra']],
    ['Name', 'descending', ['Inner', 'zebra', 'middle', 'apple']],
  ]
  await expect(heading('Name')).toHaveAttribute('aria-sort', 'ascending')
  for (const [column, direction, expected] of orders) {
    await heading(column).getByRole('button').click()
    await expect(heading(column)).toHaveAttribute('aria-sort', direction)
    expect(await names(page), `${column} ${direction}`).toEqual(expected)
  }
})

test('on a phone the list options sort, and the order stays into a folder and back', async ({
  page,
  barkeep,
  connect,
}) => {
  await page.setViewportSize(phone)
  await bringIn(page, barkeep)
  await connect({ folder: '/Box/' })
  await expect(fileRow(page, 'apple.txt')).toBeVisible()
  const orders: [string, string[]][] = [
    ['Name, Z to A', ['Inner', 'zebra', 'middle', 'apple']],
    ['Size, largest first', ['Inner', 'apple', 'middle', 'zebra']],
    ['Size, smallest first', ['Inner', 'zebra', 'middle', 'apple']],
    ['Uploaded, newest first', ['Inner', 'apple', 'zebra', 'middle']],
    ['Uploaded, oldest first', ['Inner', 'middle', 'zebra', 'apple']],
    ['Name, A to Z', ['Inner', 'apple', 'middle', 'zebra']],
  ]
  for (const [option, expected] of orders) {
    await choose(page, option)
    expect(await names(page), option).toEqual(expected)
  }
  await choose(page, 'Size, smallest first')
  await fileRow(page, 'Inner').dblclick()
  await expect(fileRow(page, 'deep.txt')).toBeVisible()
  await page.goBack()
  await expect(fileRow(page, 'zebra.txt')).toBeVisible()
  expect(await names(page)).toEqual(['Inner', 'zebra', 'middle', 'apple'])
  await page.getByRole('button', { name: 'List options' }).click()
  await expect(page.getByRole('menuitemradio', { name: 'Size, smallest first' })).toBeChecked()
})

test('on a phone tiles stand side by side, stay over a reload, and turn into rows again', async ({
  page,
  barkeep,
  connect,
}) => {
  await page.setViewportSize(phone)
  await bringIn(page, barkeep)
  await connect({ folder: '/Box/' })
  const top = async (name: string) => (await fileRow(page, name).boundingBox())?.y
  await expect(fileRow(page, 'apple.txt')).toBeVisible()
  expect(await top('apple.txt')).not.toBe(await top('Inner'))
  await choose(page, 'Tiles')
  await expect.poll(async () => (await top('apple.txt')) === (await top('Inner'))).toBe(true)
  await page.reload()
  await expect(fileRow(page, 'apple.txt')).toBeVisible()
  await expect.poll(async () => (await top('apple.txt')) === (await top('Inner'))).toBe(true)
  await expect(fileRow(page, 'apple.txt').getByRole('button', { name: 'Download' })).toBeVisible()
  await choose(page, 'Rows')
  await expect.poll(async () => (await top('apple.txt')) === (await top('Inner'))).toBe(false)
})

test('the list options are worked by keyboard, and give the focus back', async ({
  page,
  barkeep,
  connect,
}) => {
  await page.setViewportSize(phone)
  await bringIn(page, barkeep)
  await connect({ folder: '/Box/' })
  await expect(fileRow(page, 'apple.txt')).toBeVisible()
  const button = page.getByRole('button', { name: 'List options' })
  await button.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: 'Refresh' })).toBeVisible()
  await page.keyboard.type('Name, Z')
  await expect(page.getByRole('menuitemradio', { name: 'Name, Z to A' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(button).toBeFocused()
  expect(await names(page)).toEqual(['Inner', 'zebra', 'middle', 'apple'])
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menu')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(button).toBeFocused()
})

for (const [viewport, expected] of [
  [phone, ['/api/v1/files']],
  // The tree is in sight here.
  [{ width: 1440, height: 900 }, ['/api/v1/files', '/api/v1/folders']],
] as const) {
  test(`a refresh at ${viewport.width} pixels asks once for each thing in sight, and says that it did`, async ({
    page,
    barkeep,
    connect,
  }) => {
    await page.setViewportSize(viewport)
    for (let number = 0; number < 60; number += 1) {
      await barkeep.upload({ folder: '/Box/', name: `file ${number}` })
    }
    await connect({ folder: '/Box/' })
    await expect(fileRow(page, 'file 0')).toBeVisible()
    await fileRow(page, 'file 0').focus()
    // Each time the end is reached another page comes, until there is none.
    await expect(async () => {
      await page.keyboard.press('End')
      await expect(fileRow(page, 'file 59')).toBeFocused({ timeout: 500 })
    }).toPass()
    await page.keyboard.press('Home')
    await expect(fileRow(page, 'file 0')).toBeFocused()
    await barkeep.upload({ folder: '/Box/', name: 'a new one' })
    if (viewport === phone) {
      // Seen once, the tree could be asked for again though nobody looks at it.
      await page.getByRole('button', { name: 'Folders and account' }).click()
      await expect(treeItem(page, 'Box')).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(treeItem(page, 'Box')).toBeHidden()
    }
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    if (viewport === phone) {
      await page.getByRole('button', { name: 'List options' }).click()
      await page.getByRole('menuitem', { name: 'Refresh' }).click()
    } else await page.getByRole('button', { name: 'Refresh' }).click()
    await expect(page.getByText('Up to date')).toBeVisible()
    const calls = asked.filter((path) => path.startsWith('/api/'))
    expect(calls.toSorted()).toEqual(expected)
    await expect(fileRow(page, 'a new one')).toBeVisible()
  })
}
