import { existsSync } from 'node:fs'
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type CDPSession, chromium, type Page } from '@playwright/test'
import { median, startBarkeep } from './rival-servers.ts'
import { type CrowdPage, openApp, openBarePage, openPlainApp } from './upload-pages.ts'

// Many small files through the app and through a bare page (XMLHttpRequest, three at once), round about, each
// to a server of its own without a rate limit, in one Chromium.
//   npm run bench:crowds [files] [rounds] [another checkout, built: measured beside]
// With 0 rounds nothing is sent to the end: only how soon the files are shown.

const [files = 1000, rounds = 3] = process.argv.slice(2, 4).map(Number)
const [other] = process.argv.slice(4)

type Cost = {
  seconds: number
  /** Main thread, s. */
  mainSeconds: number
  /** All tasks over 50 ms, in ms. */
  longTasks: number[]
  /** Frames in which the page changed, a second. */
  updates: number
}

async function mainSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0
}

/** Chooses the files, and ends when the page shows it. */
async function measure(crowd: CrowdPage, paths: string | string[], end: string): Promise<Cost> {
  const { page } = crowd
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  await page.bringToFront()
  await page.evaluate(watch, crowd.region)
  const before = await mainSeconds(session)
  await crowd.choose(paths)
  const told = await page.evaluate(waitFor, { region: crowd.region, end })
  const cost = { ...told, mainSeconds: (await mainSeconds(session)) - before }
  await session.detach()
  return cost
}

/** In the page: notes its long tasks, its changes, and when files were chosen. */
function watch(region: string): void {
  const noted = { chosenAt: 0, longTasks: [] as { at: number; ms: number }[], changes: new Set() }
  Reflect.set(window, 'noted_', noted)
  document.addEventListener(
    'change',
    () => {
      noted.chosenAt = performance.now()
    },
    { capture: true, once: true },
  )
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      noted.longTasks.push({ at: startTime, ms: duration })
    }
  }).observe({ type: 'longtask' })
  let frame = 0
  const count = () => {
    frame += 1
    requestAnimationFrame(count)
  }
  count()
  new MutationObserver(() => noted.changes.add(frame)).observe(
    document.querySelector(region) ?? document.body,
    { subtree: true, childList: true, characterData: true, attributes: true },
  )
}

/** In the page: ends when its text has `end`, and tells what was noted since files were chosen. */
function waitFor({ region, end }: { region: string; end: string }) {
  type Noted = { chosenAt: number; longTasks: { at: number; ms: number }[]; changes: Set<number> }
  const noted = Reflect.get(window, 'noted_') as Noted
  return new Promise<Omit<Cost, 'mainSeconds'>>((resolve) => {
    const look = () => {
      if (!document.querySelector(region)?.innerHTML.includes(end)) return
      clearInterval(timer)
      // Tasks are told of after they ended.
      const seconds = (performance.now() - noted.chosenAt) / 1000
      const tell = () => {
        // The browser hands thousands of files over in one task of its own, at the end of which it says so.
        const since = noted.longTasks
          .map(({ at, ms }) => ({ ms: at + ms - Math.max(at, noted.chosenAt) }))
          .filter(({ ms }) => ms > 50)
        resolve({
          seconds,
          longTasks: since.map(({ ms }) => ms),
          updates: noted.changes.size / seconds,
        })
      }
      setTimeout(tell, 1_000)
    }
    const timer = setInterval(look, 20)
    look()
  })
}

async function makeFiles(folder: string): Promise<string[]> {
  await mkdir(folder)
  const paths = Array.from({ length: files }, (_, at) => join(folder, `photo ${at + 1}.jpg`))
  for (const [at, path] of paths.entries()) await writeFile(path, Buffer.alloc(10_000, `${at} `))
  return paths
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-'))
const photos = join(folder.path, 'Photos')
const paths = await makeFiles(photos)
// Debian's, where it is installed, as in the browser tests; else Playwright's own.
const debianChromium = '/usr/bin/chromium'
const browser: Browser = await chromium.launch({
  ...(existsSync(debianChromium) ? { executablePath: debianChromium } : {}),
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
})
const viewport = { width: 1440, height: 900 }
const newPage = async (): Promise<Page> =>
  (await browser.newContext({ viewport, bypassCSP: true })).newPage()

type Row = { name: string; costs: Cost[]; open: (page: Page) => Promise<CrowdPage> }

let rowsMade = 0
type OpenCrowdPage = (page: Page, server: { origin: string; key: string }) => Promise<CrowdPage>
async function startRow(name: string, openPage: OpenCrowdPage, project?: string) {
  const data = join(folder.path, String(rowsMade))
  rowsMade += 1
  const server = await startBarkeep(data, 'whole', project)
  return { name, costs: [], server, open: (page: Page) => openPage(page, server) }
}

const rows = [
  await startRow('bare page', openBarePage),
  await startRow('Barkeep, a request for each file', openPlainApp),
  await startRow('Barkeep', openApp),
  ...(other === undefined ? [] : [await startRow(`Barkeep in ${other}`, openApp, other)]),
]

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)
const print = (cells: string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`)

function printRows(all: Row[], [bare]: Row[]): void {
  print([
    'what',
    's',
    'of bare',
    'main thread s',
    'ms a file',
    'long tasks s',
    'longest ms',
    'updates a second',
  ])
  print(['---', '---', '---', '---', '---', '---', '---', '---'])
  for (const { name, costs } of all) {
    const of = (read: (cost: Cost) => number) => median(costs.map(read))
    print([
      name,
      of(({ seconds }) => seconds).toFixed(1),
      median(costs.map(({ seconds }, at) => seconds / (bare?.costs[at]?.seconds ?? 1))).toFixed(2),
      of((cost) => cost.mainSeconds).toFixed(1),
      of((cost) => (cost.mainSeconds * 1000) / files).toFixed(2),
      of(({ longTasks }) => sum(longTasks) / 1000).toFixed(2),
      of(({ longTasks }) => Math.max(0, ...longTasks)).toFixed(0),
      of(({ updates }) => updates).toFixed(1),
    ])
  }
}

async function measureAll(
  all: Row[],
  what: string | string[],
  endOf: (crowd: CrowdPage) => string,
) {
  for (const row of all) {
    const page = await newPage()
    const crowd = await row.open(page)
    row.costs.push(await measure(crowd, what, endOf(crowd)))
    await page.context().close()
  }
}

for (let round = 0; round < rounds; round += 1)
  await measureAll(rows, paths, ({ done }) => done(files))
if (rounds > 0) {
  process.stdout.write(`${files} files of 10 KB sent, medians of ${rounds} rounds\n\n`)
  printRows(rows, rows)
}
const shown: Row[] = rows.map((row) => ({ ...row, costs: [] }))
await measureAll(shown, photos, ({ shown: words }) => words(files))
process.stdout.write(`\n${files} files chosen: shown after, and a second more\n\n`)
printRows(shown, shown)
await browser.close()
for (const { server } of rows) await server[Symbol.asyncDispose]()
