import { existsSync } from 'node:fs'
import { type Browser, type CDPSession, chromium, type Page } from '@playwright/test'
import { type BenchFile, fillFolder, makeFiles, plainList } from './list-rows.ts'
import { startListingServer } from './listing-server.ts'

// The wheel through the list `Files` and through a plain list of the same rows, round about, in one Chromium.
//   npm run bench:list [rows] [rounds]

const [rowCount = 1000, rounds = 5] = process.argv.slice(2).map(Number)
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

/** From the first row to the last by real wheel events, one at a time. */
async function wheelThrough(page: Page, rowHeight: number): Promise<void> {
  await page.mouse.move(700, 450)
  for (let left = rowCount * rowHeight; left > 0; left -= notch) {
    await page.mouse.wheel(0, notch)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
  await page.waitForFunction((name) => {
    const row = [...document.querySelectorAll(`[aria-label="${name}"]`)].at(-1)
    return row && row.getBoundingClientRect().bottom <= window.innerHeight
  }, files.at(-1)?.name ?? '')
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

async function openBarkeep(page: Page, origin: string, key: string): Promise<Cost> {
  await page.goto(`${origin}/files/many/`)
  await page.getByLabel('API key', { exact: true }).fill(key)
  const opened = await measure(browser, page, async () => {
    await page.getByRole('button', { name: 'Connect' }).click()
    const grid = page.getByRole('grid', { name: 'Files' })
    const row = grid.getByRole('row', { name: files[0]?.name ?? '', exact: true })
    await row.waitFor()
    await row.focus()
    while ((await grid.getAttribute('aria-rowcount')) === '-1') {
      const answered = page.waitForResponse(/\/api\/v1\/files/).catch(() => {})
      await page.keyboard.press('End')
      await Promise.race([answered, page.waitForTimeout(50)])
    }
  })
  await page.keyboard.press('Home')
  return opened
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
const barkeep = await openPage()
const opened = await openBarkeep(barkeep, origin, key)

const costs = { plain: [] as Cost[], barkeep: [] as Cost[] }
for (let round = 0; round < rounds; round += 1) {
  for (const [name, page] of [
    ['plain', plain],
    ['barkeep', barkeep],
  ] as const) {
    await toTop(page)
    costs[name].push(await measure(browser, page, () => wheelThrough(page, 38)))
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
const ratios = costs.barkeep.map(({ cpuMs }, at) => cpuMs / (costs.plain[at]?.cpuMs ?? 1))
const lines = [
  ['what', 'processor ms', 'main thread ms', 'script ms', 'frames over 20 ms', 'longest ms'],
  ['---', '---', '---', '---', '---', '---'],
  row('plain list, wheel', costs.plain),
  row('Barkeep, wheel', costs.barkeep),
  row('plain list, made', [plainOpened]),
  row('Barkeep, connected and all pages loaded', [opened]),
]
process.stdout.write(`${rowCount} rows, medians of ${rounds} rounds\n\n`)
for (const line of lines) process.stdout.write(`| ${line.join(' | ')} |\n`)
process.stdout.write(
  `\nBarkeep beside the plain list, round by round: ${ratios.map((ratio) => `× ${ratio.toFixed(2)}`).join(', ')}; median × ${median(ratios).toFixed(2)}\n`,
)
await browser.close()
