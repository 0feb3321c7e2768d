import { execFile } from 'node:child_process'
import { existsSync, openAsBlob } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import { startBarkeep } from './rival-servers.ts'

// From the press on a film to its first frame, in the viewer and on a bare page with one <video>, round about in
// one Chromium; and from the key to the next picture of 12 megapixels once it is made ready.
//   npm run bench:viewer [MB of the film] [rounds]

const [megabytes = 4096, rounds = 7] = process.argv.slice(2).map(Number)
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0
const ffmpeg = (...args: string[]) => promisify(execFile)('ffmpeg', ['-v', 'error', '-y', ...args])

/** Ten seconds of film, and behind them a box that players pass over, as large as is asked for. */
async function makeFilm(file: string): Promise<void> {
  const source = ['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=25:duration=10']
  await ffmpeg(...source, '-pix_fmt', 'yuv420p', '-movflags', '+faststart', file)
  await using film = await open(file, 'r+')
  const { size } = await film.stat()
  const whole = Math.max(megabytes * 1e6, size + 16)
  const box = Buffer.alloc(16)
  box.writeUInt32BE(1, 0)
  box.write('free', 4, 'latin1')
  box.writeBigUInt64BE(BigInt(whole - size), 8)
  await film.write(box, 0, 16, size)
  // Sparse: nothing is written.
  await film.truncate(whole)
}

/** When the press came and the first frame was there, on whichever page. */
function watchFirstFrame(): void {
  const seen = { pressed: 0, shown: 0 }
  Reflect.set(window, 'seen_', seen)
  const isPress = document.title === 'bare' ? 'click' : 'dblclick'
  document.addEventListener(isPress, ({ timeStamp }) => (seen.pressed = timeStamp), true)
  new MutationObserver(() => {
    const video = document.querySelector('video')
    if (!video || video.dataset.watched) return
    video.dataset.watched = 'yes'
    video.requestVideoFrameCallback(() => (seen.shown = performance.now()))
  }).observe(document, { childList: true, subtree: true })
}

async function readFirstFrame(page: Page): Promise<number> {
  await page.waitForFunction(() => Reflect.get(window, 'seen_').shown > 0)
  return page.evaluate(() => {
    const seen = Reflect.get(window, 'seen_')
    const took = seen.shown - seen.pressed
    seen.shown = 0
    return took
  })
}

async function connect(page: Page, { origin, key }: { origin: string; key: string }) {
  await page.goto(`${origin}/files/`)
  await page.getByLabel('API key', { exact: true }).fill(key)
  await page.getByRole('button', { name: 'Connect' }).click()
  await page.getByRole('row', { name: 'film.mp4', exact: true }).waitFor()
}

async function openBare(context: BrowserContext, origin: string, link: string): Promise<number> {
  const page = await context.newPage()
  const script = `onclick = () => { const v = document.createElement('video'); v.src = ${JSON.stringify(link)}; v.autoplay = true; document.body.append(v) }`
  const body = `<!doctype html><title>bare</title><body><script>${script}</script>`
  await page.route(`${origin}/bare`, (route) => route.fulfill({ body, contentType: 'text/html' }))
  await page.goto(`${origin}/bare`)
  await page.evaluate(watchFirstFrame)
  await page.mouse.click(100, 100)
  const took = await readFirstFrame(page)
  await page.close()
  return took
}

/** With its code loaded anew, and once more in the same page. */
async function openInViewer(page: Page, restMs: number): Promise<[first: number, again: number]> {
  await page.evaluate(watchFirstFrame)
  const row = page.getByRole('row', { name: 'film.mp4', exact: true })
  if (restMs > 0) await row.hover()
  // A hand that comes to a row does not press in the same millisecond.
  await page.waitForTimeout(restMs)
  await row.dblclick()
  const first = await readFirstFrame(page)
  // It would go on where it was, which is another question.
  await page.evaluate(() => localStorage.removeItem('barkeep.playback'))
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.evaluate(() => localStorage.removeItem('barkeep.playback'))
  await row.dblclick()
  return [first, await readFirstFrame(page)]
}

/** From the key to the frame after the next picture is in the page. */
async function stepPictures(page: Page): Promise<number[]> {
  await page.getByRole('row', { name: 'picture 1.jpg', exact: true }).press('Enter')
  const took: number[] = []
  for (let at = 2; at <= 6; at += 1) {
    await page.getByRole('img', { name: `picture ${at - 1}.jpg` }).waitFor()
    // The next one is on its way to be decoded, which nothing outside tells.
    await page.waitForTimeout(2500)
    const stepping = page.evaluate(
      (name) =>
        new Promise<number>((resolve) => {
          let pressed = 0
          document.addEventListener('keydown', (event) => (pressed = event.timeStamp), {
            once: true,
            capture: true,
          })
          const look = () => {
            const isThere = document.querySelector(`img[alt="${name}"]`) !== null
            if (isThere) requestAnimationFrame(() => resolve(performance.now() - pressed))
            else requestAnimationFrame(look)
          }
          requestAnimationFrame(look)
        }),
      `picture ${at}.jpg`,
    )
    await page.evaluate(() => new Promise(requestAnimationFrame))
    await page.keyboard.press('ArrowRight')
    took.push(await stepping)
  }
  return took
}

const folder = await mkdtemp(join(tmpdir(), 'barkeep-bench-viewer-'))
const barkeep = await startBarkeep(folder, 'whole')
try {
  const file = join(folder, 'film.mp4')
  await makeFilm(file)
  const upload = async (name: string, from: string) => {
    const reply = await fetch(
      `${barkeep.origin}/api/v1/upload?filename=${encodeURIComponent(name)}`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${barkeep.key}` },
        body: await openAsBlob(from),
      },
    )
    return ((await reply.json()) as { link: string }).link
  }
  const link = await upload('film.mp4', file)
  for (let at = 1; at <= 6; at += 1) {
    const picture = join(folder, `${at}.jpg`)
    const source = `testsrc2=size=4000x3000:rate=1:duration=7`
    await ffmpeg(
      '-f',
      'lavfi',
      '-ss',
      String(at),
      '-i',
      source,
      '-frames:v',
      '1',
      '-q:v',
      '2',
      picture,
    )
    await upload(`picture ${at}.jpg`, picture)
  }
  const system = '/usr/bin/chromium'
  await using browser = await chromium.launch({
    ...(existsSync(system) ? { executablePath: system } : {}),
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
  })
  const times = { bare: [], first: [], rested: [], again: [] } as Record<
    'bare' | 'first' | 'rested' | 'again',
    number[]
  >
  let steps: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await using context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    await connect(page, barkeep)
    const [first, again] = await openInViewer(page, round % 2 === 0 ? 500 : 0)
    times[round % 2 === 0 ? 'rested' : 'first'].push(first)
    times.again.push(again)
    await page.keyboard.press('Escape')
    if (round === 0) steps = await stepPictures(page)
    times.bare.push(await openBare(context, barkeep.origin, link))
  }
  const [bare, first, rested, again] = [times.bare, times.first, times.rested, times.again].map(
    median,
  )
  const ratio = (ms = 0) => `× ${(ms / (bare ?? 1)).toFixed(2)}`
  const tell = (line: string) => process.stdout.write(`${line}\n`)
  tell(`film of ${megabytes} MB, from the press to the first frame, median of ${rounds}`)
  tell(`  bare <video>           ${bare?.toFixed(0)} ms`)
  tell(`  viewer, code not here  ${first?.toFixed(0)} ms  ${ratio(first)}`)
  tell(`  pointer half a second there ${rested?.toFixed(0)} ms  ${ratio(rested)}`)
  tell(`  viewer, opened again   ${again?.toFixed(0)} ms  ${ratio(again)}`)
  tell(
    `next picture of 12 megapixels: ${steps.map((ms) => ms.toFixed(0)).join(', ')} ms (goal 100)`,
  )
} finally {
  await barkeep[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
}
