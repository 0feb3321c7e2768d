import { existsSync } from 'node:fs'
import { link, mkdir, mkdtempDisposable, open, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CDPSession, chromium, type Page } from '@playwright/test'
import { median, startBarkeep } from './rival-servers.ts'
import { type CrowdPage, openApp, openBarePage } from './upload-pages.ts'

// What a queue costs the page: a crowd of files until it is shown, and the longest task after; and one large
// file through the app beside a bare page's XMLHttpRequest, round about, in one Chromium.
//   npm run bench:transfers [files] [MiB] [rounds]
// With 0 files or 0 rounds that part is left out.

const [files = 30_000, mebibytes = 1_024, rounds = 5] = process.argv.slice(2).map(Number)

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-'))
await using server = await startBarkeep(join(folder.path, 'data'), 'whole')
// Debian's, where it is installed, as in the browser tests; else Playwright's own.
const debianChromium = '/usr/bin/chromium'
const browser = await chromium.launch({
  ...(existsSync(debianChromium) ? { executablePath: debianChromium } : {}),
  args: [
    ...['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
    // Else it tells of memory in steps of some MB.
    '--enable-precise-memory-info',
  ],
})
const print = (cells: (string | number)[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`)

async function newPage(): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    bypassCSP: true,
  })
  return context.newPage()
}

/** JavaScript's heap after a collection, bytes. */
async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return usedSize
}

type Noted = { chosenAt: number; longTasks: { at: number; ms: number }[] }

/** In the page: notes when files were chosen, and its tasks over 50 ms. */
function watch(): void {
  const noted: Noted = { chosenAt: 0, longTasks: [] }
  Reflect.set(window, 'noted_', noted)
  const options = { capture: true, once: true }
  document.addEventListener('change', () => (noted.chosenAt = performance.now()), options)
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      noted.longTasks.push({ at: startTime, ms: duration })
    }
  }).observe({ type: 'longtask' })
}

/** In the page: ends when its text has `end`; the answer is in seconds since files were chosen. */
function waitFor({ region, end }: { region: string; end: string }): Promise<number> {
  const { chosenAt } = Reflect.get(window, 'noted_') as Noted
  return new Promise((resolve) => {
    const look = () => {
      if (!document.querySelector(region)?.innerHTML.includes(end)) requestAnimationFrame(look)
      else resolve((performance.now() - chosenAt) / 1000)
    }
    look()
  })
}

/** In the page: its tasks over 50 ms that began or went on after files were chosen, in ms. */
function readTasks(): number[] {
  const { chosenAt, longTasks } = Reflect.get(window, 'noted_') as Noted
  // The browser hands thousands of files over in one task of its own, at the end of which it says so.
  return longTasks
    .map(({ at, ms }) => at + ms - Math.max(at, chosenAt))
    .filter((ms) => ms > 50)
    .sort((a, b) => b - a)
}

async function measureCrowd(): Promise<void> {
  const photos = join(folder.path, 'Photos')
  await mkdir(photos)
  for (let at = 0; at < files; at += 1) {
    await writeFile(join(photos, `photo ${at + 1}.jpg`), `${at}`)
  }
  const page = await newPage()
  const session = await page.context().newCDPSession(page)
  const app = await openApp(page, server)
  // Nothing is sent: what a queue costs by itself.
  await page.evaluate(() => {
    XMLHttpRequest.prototype.send = () => {}
  })
  const before = await heapOf(session)
  await page.evaluate(watch)
  await app.choose(photos)
  const seconds = await page.evaluate(waitFor, { region: app.region, end: app.shown(files) })
  // All are asked for their sizes meanwhile, and kept.
  await page.waitForTimeout(10_000)
  const tasks = await page.evaluate(readTasks)
  const grown = (await heapOf(session)) - before
  process.stdout.write(`${files} files of a folder\n\n`)
  print(['shown after s', 'longest task ms', 'tasks over 50 ms', 'heap grew MB'])
  print(['---', '---', '---', '---'])
  print([
    ...[seconds.toFixed(2), (tasks[0] ?? 0).toFixed(0), tasks.length],
    (grown / 1e6).toFixed(1),
  ])
  await page.context().close()
}

type Row = {
  name: string
  openPage: (page: Page, server: { origin: string; key: string }) => Promise<CrowdPage>
  rates: number[]
  grown: number[]
}

async function measureLarge({ openPage, rates, grown }: Row, path: string): Promise<void> {
  const page = await newPage()
  const session = await page.context().newCDPSession(page)
  const crowd = await openPage(page, server)
  await page.bringToFront()
  await page.evaluate(watch)
  const before = await heapOf(session)
  await crowd.choose([path])
  const seconds = await page.evaluate(waitFor, { region: crowd.region, end: crowd.done(1) })
  rates.push(mebibytes / seconds)
  grown.push(((await heapOf(session)) - before) / 1e6)
  await page.context().close()
}

async function measureLargeFiles(): Promise<void> {
  const path = join(folder.path, 'film.bin')
  await using file = await open(path, 'w')
  const chunk = Buffer.alloc(2 ** 20)
  for (let at = 0; at < mebibytes; at += 1) await file.write(chunk.fill(at % 251))
  const rows: Row[] = [
    { name: 'bare page', openPage: openBarePage, rates: [], grown: [] },
    { name: 'Barkeep', openPage: openApp, rates: [], grown: [] },
  ]
  // The first round is for the machine, whose idle memory has to come back.
  for (let round = 0; round <= rounds; round += 1) {
    for (const row of round % 2 === 0 ? rows : rows.toReversed()) {
      // Other bytes each time: the same ones would be the same file.
      await file.write(Buffer.from(`${round} ${row.name}`), 0, undefined, 0)
      // And another name, or the app would ask what to do with the one that is there.
      const named = join(folder.path, `film ${round} ${row.name}.bin`)
      await link(path, named)
      await measureLarge(row, named)
    }
    if (round === 0) for (const row of rows) row.rates.pop()
  }
  printLarge(rows)
}

function printLarge(rows: Row[]): void {
  const [bare] = rows
  process.stdout.write(`\n${mebibytes} MiB in one file, medians of ${rounds} rounds\n\n`)
  print(['what', 'MiB/s', 'of bare', 'heap grew MB'])
  print(['---', '---', '---', '---'])
  for (const { name, rates, grown } of rows) {
    const shares = rates.map((rate, round) => rate / (bare?.rates[round] ?? rate))
    print([
      ...[name, median(rates).toFixed(0), median(shares).toFixed(2)],
      Math.max(...grown).toFixed(1),
    ])
  }
}

if (files > 0) await measureCrowd()
if (rounds > 0) await measureLargeFiles()
await browser.close()
