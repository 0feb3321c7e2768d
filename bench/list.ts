import { existsSync } from 'node:fs'
import { type Browser, type CDPSession, chromium, type Page } from '@playwright/test'
import { type BenchFile, fillFolder, makeFiles, plainList, plainVirtualList } from './list-rows.ts'
import { startListingServer } from './listing-server.ts'

// The wheel through the list `Files`, through a plain virtual list of the same rows, and through one that has
// them all in the page, round about, in one Chromium. Of many rows only the first thousand are passed.
//   npm run bench:list [rows] [rounds] [list or tiles]

const [rowCount = 1000, rounds = 5] = process.argv.slice(2, 4).map(Number)
const isTiles = process.argv[4] === 'tiles'
const passedRows = Math.min(rowCount, 1000)
const notch = 240
const slowFrameMs = 20

type Cost = { cpuMs: number; mainMs: number; scriptMs: number; frames: number[] }

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0

/** Processor time of all pages' processes; only one page works at a time. */
async function readCpuMs(session: CDPSession): Promise<number> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const pages = processInfo.filter(({ type }) => type === 'renderer')
  return pages.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0)
}

async function readMainThread(page: CDPSession) {
  const { metrics } = await page.send('Performance.getMetrics')
  const read = (name: string) => (metrics.find((one) => one.name === name)?.value ?? 0) * 1000
  return { mainMs: read('TaskDuration'), scriptMs: read('ScriptDuration') }
}

async function measure(browser: Browser, page: Page, work: () => Promise<void>): Promise<Cost> {
  const whole = await browser.newBrowserCDPSession()
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  await page.bringToFront()
  await page.evaluate(() => {
    const frames: number[] = []
    let last = performance.now()
    const note = (now: number) => {
      frames.push(now - last)
      last = now
      if (Reflect.get(window, 'frames_') === frames) requestAnimationFrame(note)
    }
    Reflect.set(window, 'frames_', frames)
    requestAnimationFrame(note)
  })
  const cpu = await readCpuMs(whole)
  const main = await readMainThread(session)
  await work()
  const cpuMs = (await readCpuMs(whole)) - cpu
  const now = await readMainThread(session)
  const frames = await page.evaluate(() => {
    const noted = Reflect.get(window, 'frames_') as number[]
    Reflect.deleteProperty(window, 'frames_')
    return noted
  })
  await Promise.all([whole.detach(), session.detach()])
  return { cpuMs, mainMs: now.mainMs - main.mainMs, scriptMs: now.scriptMs - main.scriptMs, frames }
}

/** The same way for all, by real wheel events, one at a time. */
async function wheelDown(page: Page): Promise<void> {
  await page.mouse.move(700, 450)
  const way = passedRows * 38 - 900
  for (let passed = 0; passed < way; passed += notch) {
    await page.mouse.wheel(0, notch)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
  // The browser scrolls smoothly, and so goes on for a while; tiles have their end before.
  await page.waitForFunction((wanted) => {
    const box = document.querySelector('main .scroll-area, body > .scroll-area')
    if (!box) return false
    return box.scrollTop >= Math.min(wanted, box.scrollHeight - box.clientHeight) - 1
  }, way)
}

async function toTop(page: Page): Promise<void> {
  await page.evaluate((name) => {
    for (const box of document.querySelectorAll('.scroll-area')) box.scrollTop = 0
    return new Promise<void>((resolve) => {
      const look = () =>
        document.querySelector(`[aria-label="${name}"]`) ? resolve() : requestAnimationFrame(look)
      look()
    })
  }, files[0]?.name ?? '')
}

type Opening = { what: string; ms: number; requests: number }

/** From the press of `Connect` to the first row, then to the last by End, then to all of them. */
async function openBarkeep(page: Page, origin: string, key: string): Promise<Opening[]> {
  let requests = 0
  page.on('request', (request) => {
    if (request.url().includes('/api/v1/files?')) requests += 1
  })
  await page.goto(`${origin}/files/many/`)
  await page.getByLabel('API key', { exact: true }).fill(key)
  const rowOf = (at: number) => page.locator(`[role=row][aria-label="${files.at(at)?.name}"]`)
  const steps: [string, () => Promise<void>][] = [
    [
      'connected, first row',
      async () => {
        await page.getByRole('button', { name: 'Connect' }).click()
        await rowOf(0).waitFor()
      },
    ],
    [
      'End, last row',
      async () => {
        await rowOf(0).focus()
        await page.keyboard.press('End')
        await rowOf(-1).waitFor()
      },
    ],
    [
      'all selected',
      async () => {
        await page.keyboard.press('ControlOrMeta+a')
        const loadAll = page.getByRole('button', { name: 'Load all' })
        if (rowCount > 2000) await loadAll.click()
        const all = `${rowCount.toLocaleString('en')} selected`
        await page.waitForFunction(
          (words) => document.querySelector('footer [role=status]')?.textContent?.startsWith(words),
          all,
          { timeout: 300_000 },
        )
      },
    ],
  ]
  const openings: Opening[] = []
  for (const [what, work] of steps) {
    const [start, before] = [performance.now(), requests]
    await work()
    openings.push({ what, ms: performance.now() - start, requests: requests - before })
  }
  await page.getByRole('button', { name: 'Clear selection' }).click()
  await page.keyboard.press('Home')
  await rowOf(0).waitFor()
  return openings
}

async function readHeapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.enable')
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize / 1e6
}

const files: BenchFile[] = makeFiles(rowCount)
await using server = await startListingServer()
const { origin, userId, key, database } = server
fillFolder(database, userId, files)

// Debian's, where it is installed, as in the browser tests; else Playwright's own.
const debianChromium = '/usr/bin/chromium'
const browser = await chromium.launch({
  ...(existsSync(debianChromium) ? { executablePath: debianChromium } : {}),
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
})
const viewport = { width: 1440, height: 900 }
const openPage = async () => (await browser.newContext({ viewport })).newPage()

const plain = await openPage()
const plainOpened = await measure(browser, plain, async () => {
  await plain.setContent(plainList(files))
})
const virtual = await openPage()
const virtualOpened = await measure(browser, virtual, async () => {
  await virtual.setContent(plainVirtualList(files))
})
const barkeep = await openPage()
const openings = await openBarkeep(barkeep, origin, key)
const heapMb = await readHeapMb(barkeep)
if (isTiles) await barkeep.getByRole('button', { name: 'Tiles' }).click()

const costs = { plain: [] as Cost[], virtual: [] as Cost[], barkeep: [] as Cost[] }
for (let round = 0; round < rounds; round += 1) {
  for (const [name, page] of [
    ['plain', plain],
    ['virtual', virtual],
    ['barkeep', barkeep],
  ] as const) {
    await toTop(page)
    costs[name].push(await measure(browser, page, () => wheelDown(page)))
  }
}

const row = (name: string, all: Cost[]) => {
  const of = (read: (cost: Cost) => number) => median(all.map(read))
  const slow = of(({ frames }) => frames.filter((ms) => ms > slowFrameMs).length / frames.length)
  const longest = of(({ frames }) => Math.max(...frames))
  return [
    name,
    of(({ cpuMs }) => cpuMs).toFixed(0),
    of(({ mainMs }) => mainMs).toFixed(0),
    of(({ scriptMs }) => scriptMs).toFixed(0),
    `${(slow * 100).toFixed(1)} %`,
    longest.toFixed(0),
  ]
}
const beside = (others: Cost[]) => {
  const ratios = costs.barkeep.map(({ cpuMs }, at) => cpuMs / (others[at]?.cpuMs ?? 1))
  return `${ratios.map((ratio) => `× ${ratio.toFixed(2)}`).join(', ')}; median × ${median(ratios).toFixed(2)}`
}
const lines = [
  ['what', 'processor ms', 'main thread ms', 'script ms', 'frames over 20 ms', 'longest ms'],
  ['---', '---', '---', '---', '---', '---'],
  row('all rows in the page, wheel', costs.plain),
  row('plain virtual list, wheel', costs.virtual),
  row('Barkeep, wheel', costs.barkeep),
  row('all rows in the page, made', [plainOpened]),
  row('plain virtual list, made', [virtualOpened]),
]
process.stdout.write(`${rowCount} rows, medians of ${rounds} rounds\n\n`)
for (const line of lines) process.stdout.write(`| ${line.join(' | ')} |\n`)
process.stdout.write(`\nBarkeep beside the plain virtual list: ${beside(costs.virtual)}\n`)
process.stdout.write(`Barkeep beside all rows in the page: ${beside(costs.plain)}\n`)
process.stdout.write('\nBarkeep opens the folder: ')
for (const { what, ms, requests } of openings) {
  process.stdout.write(`${what} ${ms.toFixed(0)} ms, ${requests} requests; `)
}
process.stdout.write(`heap with all of it ${heapMb.toFixed(1)} MB\n`)
await browser.close()
