import type { Page } from '@playwright/test'
import { fileRow, treeItem } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { folderUrl } from './folder-url.ts'
import { pasteText } from './paste-text.ts'
import type { Barkeep } from './start-barkeep.ts'
import { withoutAdditions } from './without-additions.ts'

test.use({ settings: { BARKEEP_RATE_LIMIT: '100000' } })

/** `file 000` and so on. */
async function fill(barkeep: Barkeep, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, at) => `file ${String(at).padStart(3, '0')}`)
  await Promise.all(names.map((name) => barkeep.upload({ folder: '/Many/', name })))
}

async function sendFiles(page: Page, names: string[]): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Upload files' }).click()
  const files = names.map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(name) }))
  await (await choosing).setFiles(files)
}

const top = async (page: Page, name: string) => (await fileRow(page, name).boundingBox())?.y
const copyLinks = (page: Page) => page.getByRole('button', { name: 'Copy link' })

test('files that arrive above leave the row in sight, the focus and the selection where they are', async ({
  page,
  barkeep,
  connect,
}) => {
  await fill(barkeep, 100)
  await connect({ folder: '/Many/' })
  await fileRow(page, 'file 000').hover()
  await expect(async () => {
    await page.mouse.wheel(0, 300)
    await expect(fileRow(page, 'file 057')).toBeInViewport({ ratio: 1, timeout: 100 })
  }).toPass()
  await fileRow(page, 'file 057').click()
  await expect(fileRow(page, 'file 057')).toBeFocused()
  const before = await top(page, 'file 057')

  await sendFiles(page, ['a 1', 'a 2', 'a 3', 'a 4', 'a 5'])
  const total = () => page.getByRole('grid', { name: 'Files' }).getAttribute('aria-rowcount')
  await expect.poll(total).toBe('106')
  await expect.poll(() => top(page, 'file 057')).toBe(before)
  await expect(fileRow(page, 'file 057')).toHaveAttribute('aria-selected', 'true')

  // What the server alone knows of comes with a refresh.
  for (const name of ['b 1', 'b 2', 'b 3']) await barkeep.upload({ folder: '/Many/', name })
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect.poll(total).toBe('109')
  await expect.poll(() => top(page, 'file 057')).toBe(before)
  await fileRow(page, 'file 057').press('ArrowDown')
  await expect(fileRow(page, 'file 058')).toBeFocused()

  // Its selected row stays in sight where another order moves it; without one the order begins at its top.
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click()
  await expect(fileRow(page, 'file 099')).toBeInViewport()
})

test('a scroll moves no element in the page, and the order that is read out stays that of the list', async ({
  page,
  barkeep,
  connect,
}) => {
  await fill(barkeep, 120)
  await connect({ folder: '/Many/' })
  await expect(fileRow(page, 'file 000')).toBeFocused()
  const wheelTo = async (name: string) => {
    await expect(async () => {
      await page.mouse.wheel(0, 300)
      await expect(fileRow(page, name)).toBeInViewport({ ratio: 1, timeout: 100 })
    }).toPass()
  }
  await fileRow(page, 'file 000').hover()
  await wheelTo('file 055')
  const grid = page.getByRole('grid', { name: 'Files' })
  await grid.evaluate((element) => {
    const gone: string[] = []
    const note = (records: MutationRecord[]) => {
      for (const node of records.flatMap(({ removedNodes }) => [...removedNodes])) {
        if (node instanceof HTMLElement && node.dataset.key) gone.push(node.dataset.key)
      }
    }
    new MutationObserver(note).observe(element, { childList: true, subtree: true })
    Reflect.set(window, 'gone', gone)
  })
  await wheelTo('file 080')
  expect(await page.evaluate(() => Reflect.get(window, 'gone'))).toEqual([])
  const read = await grid.getByRole('rowgroup').evaluate((group) => {
    const ids = group.getAttribute('aria-owns')?.split(' ') ?? []
    return ids.map((id) => document.getElementById(id)?.getAttribute('aria-label'))
  })
  expect(read.length).toBeGreaterThan(30)
  expect(read).toEqual(read.toSorted())
  expect(read).toContain('file 080')
})

test('the buttons of a row are there where it is pointed at, focused or selected, and nowhere else', async ({
  page,
  barkeep,
  connect,
}) => {
  await fill(barkeep, 12)
  await connect({ folder: '/Many/' })
  await expect(fileRow(page, 'file 000')).toBeFocused()
  await expect(copyLinks(page)).toHaveCount(1)
  await fileRow(page, 'file 005').hover()
  await expect(fileRow(page, 'file 005').getByRole('button')).toHaveCount(3)
  await expect(copyLinks(page)).toHaveCount(2)
  await page.getByRole('button', { name: 'Refresh' }).hover()
  await expect(copyLinks(page)).toHaveCount(1)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await expect(fileRow(page, 'file 001').getByRole('button', { name: 'Copy link' })).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: 'Download' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(
    fileRow(page, 'file 001').getByRole('button', { name: 'More actions' }),
  ).toBeFocused()
})

test('"Select all" says what it took of a folder that is not loaded, and takes the rest when asked', async ({
  page,
  barkeep,
  connect,
}) => {
  await fill(barkeep, 130)
  await withoutAdditions(page)
  await connect({ folder: '/Many/' })
  await expect(fileRow(page, 'file 000')).toBeFocused()
  await page.keyboard.press('ControlOrMeta+a')
  const box = page.getByRole('checkbox', { name: 'Select all' })
  await expect(page.getByText('50 selected of the 50 loaded')).toBeVisible()
  await expect(page.getByText('one request for each 50')).toBeVisible()
  await expect(box).toHaveJSProperty('indeterminate', true)
  await page.getByRole('button', { name: 'Load all' }).click()
  await expect(page.getByText('130 selected')).toBeVisible()
  await expect(box).toBeChecked()
  await expect(page.getByRole('button', { name: 'Load all' })).toBeHidden()
  await expect(fileRow(page, 'file 000')).toBeFocused()

  // What a filter hides is neither counted nor acted on.
  await page.keyboard.press('/')
  await page.keyboard.type('file 00')
  await expect(page.getByText('10 selected')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Copy 10 links' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByText('130 selected')).toBeVisible()

  // What arrives later was not selected.
  await sendFiles(page, ['a late one'])
  await expect(fileRow(page, 'a late one')).toHaveAttribute('aria-selected', 'false')
  await expect(box).toHaveJSProperty('indeterminate', true)
})

test('the keyboard is in the list after each change of screen, and never taken from a field', async ({
  page,
  barkeep,
  connect,
}) => {
  for (const folder of ['/Films/', '/Films/2026/', '/Music/']) {
    await barkeep.upload({ folder, name: `${folder.split('/').at(-2)}.txt` })
  }
  await connect()
  await expect(fileRow(page, 'Films')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(fileRow(page, 'Music')).toBeFocused()
  await fileRow(page, 'Films').dblclick()
  await expect(fileRow(page, '2026')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(fileRow(page, '2026.txt')).toBeFocused()
  await page.goBack()
  await expect(fileRow(page, '2026')).toBeFocused()
  await page.goBack()
  await expect(fileRow(page, 'Films')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(fileRow(page, 'Music')).toBeFocused()
  await page.goForward()
  await expect(fileRow(page, '2026')).toBeFocused()

  // By the tree, and back: the row of the folder one came from.
  await treeItem(page, '2026').click()
  await expect(treeItem(page, '2026')).toBeFocused()
  await page.getByRole('navigation', { name: 'Folder path' }).getByText('All files').click()
  await expect(fileRow(page, 'Films')).toBeFocused()

  await page.getByRole('searchbox', { name: 'Filter files' }).fill('mus')
  await page.goBack()
  await expect(page).toHaveURL(folderUrl(barkeep, '/Films/2026/'))
  await expect(fileRow(page, '2026.txt')).toBeVisible()
  await expect(page.getByRole('searchbox', { name: 'Filter files' })).toBeFocused()

  // A button that goes away when it is pressed, a paste that opened a dialog, a click beside everything.
  await fileRow(page, '2026.txt').click()
  await page.getByRole('button', { name: 'Clear selection' }).click()
  await expect(fileRow(page, '2026.txt')).toBeFocused()
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await pasteText(page, 'https://example.com/a.mp4')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(fileRow(page, '2026.txt')).toBeFocused()
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await page.keyboard.press('ArrowDown')
  await expect(fileRow(page, '2026.txt')).toBeFocused()
  await page.keyboard.press('Backspace')
  await expect(fileRow(page, '2026')).toBeFocused()
})

for (const kind of ['MouseEvent', 'mouse', 'pen'] as const) {
  test.describe(`where a tap's click is a ${kind === 'MouseEvent' ? kind : `PointerEvent that says ${kind}`}`, () => {
    test.use({ hasTouch: true, viewport: { width: 390, height: 844 } })

    test('one tap opens a folder, and a second one by habit opens nothing more', async ({
      page,
      barkeep,
      connect,
    }) => {
      await barkeep.upload({ folder: '/Films/Inner/', name: 'deep.txt' })
      await connect()
      await page.evaluate((type) => {
        const again = (event: Event) => {
          if (!event.isTrusted || !(event instanceof PointerEvent)) return
          event.stopImmediatePropagation()
          const init = { bubbles: true, cancelable: true, detail: event.detail }
          const Other = type === 'MouseEvent' ? MouseEvent : PointerEvent
          event.target?.dispatchEvent(new Other('click', { ...init, pointerType: type }))
        }
        document.addEventListener('click', again, { capture: true })
      }, kind)
      await fileRow(page, 'Films').tap()
      await expect(page).toHaveURL(folderUrl(barkeep, '/Films/'))
      await fileRow(page, 'Inner').evaluate((row) => {
        const init = { bubbles: true, cancelable: true, pointerType: 'touch' }
        row.dispatchEvent(new PointerEvent('pointerdown', init))
        row.dispatchEvent(new MouseEvent('click', { ...init, detail: 2 }))
        row.dispatchEvent(new MouseEvent('dblclick', { ...init, detail: 2 }))
      })
      await expect(page).toHaveURL(folderUrl(barkeep, '/Films/'))
      await expect(fileRow(page, 'Inner')).toHaveAttribute('aria-selected', 'false')
    })
  })
}

/** What a browser tells of a pen's tap; its `click` calls the pen a finger. */
async function tapWithPen(page: Page, name: string): Promise<void> {
  await fileRow(page, name).evaluate((row) => {
    const init = { bubbles: true, cancelable: true, pointerType: 'pen' }
    row.dispatchEvent(new PointerEvent('pointerdown', init))
    row.dispatchEvent(new PointerEvent('pointerup', init))
    row.dispatchEvent(new PointerEvent('click', { ...init, pointerType: 'touch' }))
  })
}

test.describe('on a tablet', () => {
  test.use({ hasTouch: true, viewport: { width: 820, height: 1180 } })

  test('what is selected is said whole', async ({ page, barkeep, connect }) => {
    await fill(barkeep, 60)
    await withoutAdditions(page)
    await connect({ folder: '/Many/' })
    await expect(fileRow(page, 'file 000')).toBeFocused()
    await page.keyboard.press('ControlOrMeta+a')
    const words = page.getByText('50 selected of the 50 loaded')
    await expect(words).toBeVisible()
    const isCut = (element: HTMLElement) => element.scrollWidth > element.clientWidth
    expect(await words.evaluate(isCut)).toBe(false)
    // No folder of a test is as large as some.
    const others = '1,234,567 selected of the 2,345,678 loaded · 1.23 TB'
    await words.evaluate((element, text) => (element.textContent = text), others)
    expect(await page.getByText(others).evaluate(isCut)).toBe(false)
  })

  test('a tap of a pen opens as that of a finger', async ({ page, barkeep, connect }) => {
    await barkeep.upload({ folder: '/Films/', name: 'deep.txt' })
    await connect()
    await expect(fileRow(page, 'Films')).toBeVisible()
    await tapWithPen(page, 'Films')
    await expect(page).toHaveURL(folderUrl(barkeep, '/Films/'))
  })
})

test('a click of a pen beside a mouse selects, and two open', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ folder: '/Films/', name: 'deep.txt' })
  await connect()
  await expect(fileRow(page, 'Films')).toBeVisible()
  await tapWithPen(page, 'Films')
  await expect(fileRow(page, 'Films')).toHaveAttribute('aria-selected', 'true')
  await expect(page).toHaveURL(folderUrl(barkeep, '/'))
  await fileRow(page, 'Films').dblclick()
  await expect(page).toHaveURL(folderUrl(barkeep, '/Films/'))
})

test('End loads on to the end of the folder, and anything else that is done stops it', async ({
  page,
  barkeep,
  connect,
}) => {
  await fill(barkeep, 320)
  const gate = Promise.withResolvers<void>()
  const asked: number[] = []
  await page.route('**/api/v1/files?**', async (route) => {
    const offset = Number(new URL(route.request().url()).searchParams.get('offset'))
    asked.push(offset)
    if (offset >= 150) await gate.promise
    await route.continue()
  })
  await withoutAdditions(page)
  await connect({ folder: '/Many/' })
  await expect(fileRow(page, 'file 000')).toBeFocused()
  await page.keyboard.press('End')
  await expect(fileRow(page, 'file 149')).toBeFocused()
  await expect(page.getByText('Loading on to the end…')).toBeVisible()
  await page.keyboard.press('ArrowUp')
  await expect(page.getByText('Loading on to the end…')).toBeHidden()
  await expect(fileRow(page, 'file 148')).toBeFocused()
  gate.resolve()
  await expect(page.getByText('200 files so far')).toBeVisible()
  await expect(fileRow(page, 'file 148')).toBeFocused()
  await page.keyboard.press('End')
  await expect(fileRow(page, 'file 319')).toBeFocused()
  await expect(page.getByText('320 files', { exact: true })).toBeVisible()
  expect(asked).toEqual([0, 50, 100, 150, 200, 250, 300])
})
