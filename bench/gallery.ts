import { existsSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import sharp from 'sharp'
import { startBarkeep } from './rival-servers.ts'

// A folder of many pictures as tiles, wheeled through with looks in between, beside a plain page with the same
// thumbnails in a grid (`loading=lazy`, each in a box of its size), round about in one Chromium.
//   npm run bench:gallery [pictures] [rounds] [pictures passed]

const [pictures = 5000, rounds = 3, passed = 1500] = process.argv.slice(2).map(Number)
const notch = 100
/** px between two looks, and how long one lasts. */
const [lookEvery, lookMs] = [2000, 400]
const slowFrameMs = 20
const shapes = [
  [480, 320],
  [320, 480],
  [480, 270],
  [400, 400],
] as const

type Cost = { frames: number[]; heap: number; shift: number; shown: number }

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0

async function makePhotos(): Promise<Buffer[]> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 }
  const make = ([width, height]: readonly [number, number]) =>
    sharp({ create: { width, height, channels: 3, noise, background: '#000' } })
      .blur(2)
      .jpeg({ quality: 70 })
      .toBuffer()
  return await Promise.all(shapes.map(make))
}

/** Another file of the same picture: it differs in a comment. */
function variantOf(photo: Buffer, index: number): Uint8Array<ArrayBuffer> {
  const comment = Buffer.from(`\xff\xfe\0\x0ano${String(index).padStart(6, '0')}`, 'latin1')
  return new Uint8Array(Buffer.concat([photo.subarray(0, 2), comment, photo.subarray(2)]))
}

/** Uploads the pictures, and has the thumbnails made that are passed: making them is `bench:thumbnails`. */
async function fill(origin: string, key: string): Promise<string[]> {
  const photos = await makePhotos()
  const links: string[] = []
  const rest = Array.from({ length: pictures }, (_, index) => index)
  const lane = async () => {
    for (let index = rest.shift(); index !== undefined; index = rest.shift()) {
      const name = `Holiday ${String(index).padStart(5, '0')}.jpg`
      const photo = photos[(index * 7) % photos.length]
      if (!photo) continue
      const url = `${origin}/api/v1/upload?filename=${encodeURIComponent(name)}&path=/many/`
      const authorization = `Bearer ${key}`
      const body = variantOf(photo, index)
      const reply = await fetch(url, { method: 'POST', headers: { authorization }, body })
      links[index] = ((await reply.json()) as { link: string }).link
      const isPassed = index < passed * 1.2
      if (isPassed) await (await fetch(`${links[index]}?thumbnail=medium`)).arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: 6 }, lane))
  return links
}

/** Runs in each page from its start. */
function watchShifts(): void {
  const sum = { shift: 0 }
  Reflect.set(window, 'shifts_', sum)
  new PerformanceObserver((list) => {
    // Also those that came with a press: nothing is to move for it.
    for (const entry of list.getEntries()) sum.shift += Reflect.get(entry, 'value')
  }).observe({ type: 'layout-shift', buffered: true })
}

async function measure(page: Page): Promise<Cost> {
  const session = await page.context().newCDPSession(page)
  await page.bringToFront()
  await page.mouse.move(700, 450)
  await page.evaluate(() => {
    const frames: number[] = []
    let last = performance.now()
    Reflect.set(window, 'frames_', frames)
    const note = (now: number) => {
      frames.push(now - last)
      last = now
      requestAnimationFrame(note)
    }
    requestAnimationFrame(note)
  })
  const way = await page.evaluate(
    (part) =>
      (document.querySelector('main .scroll-area, body > .scroll-area')?.scrollHeight ?? 0) * part,
    passed / pictures,
  )
  let shown = 0
  for (let at = 0; at < way; at += notch) {
    await page.mouse.wheel(0, notch)
    await page.evaluate(() => new Promise(requestAnimationFrame))
    if (at % lookEvery !== 0) continue
    await page.waitForTimeout(lookMs)
    shown += await page.evaluate(
      () =>
        [...document.images].filter((one) => {
          const { top, bottom } = one.getBoundingClientRect()
          return bottom > 100 && top < innerHeight && one.complete && one.naturalWidth > 0
        }).length,
    )
  }
  const frames = await page.evaluate(() => Reflect.get(window, 'frames_') as number[])
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  const shift = await page.evaluate(() => Reflect.get(window, 'shifts_').shift as number)
  await session.detach()
  return { frames, heap: usedSize, shift, shown }
}

async function passGallery(context: BrowserContext, origin: string, key: string): Promise<Cost> {
  const page = await context.newPage()
  await page.goto(`${origin}/files/many/`)
  await page.getByLabel('API key', { exact: true }).fill(key)
  await page.getByRole('button', { name: 'Connect' }).click()
  await page.getByRole('button', { name: 'Tiles' }).click()
  await page.reload()
  await page.waitForFunction(() => document.querySelectorAll('main img').length > 5)
  const cost = await measure(page)
  await page.close()
  return cost
}

async function passPlain(context: BrowserContext, origin: string, links: string[]): Promise<Cost> {
  const page = await context.newPage()
  const box = (link: string, index: number) =>
    `<figure><img loading="lazy" decoding="async" src="${link}?thumbnail=medium" width="180" height="150" alt=""><figcaption>Holiday ${index}.jpg<br>20 KB</figcaption></figure>`
  const body = `<!doctype html><title>plain</title><style>
    body { margin: 0; font: 14px/20px sans-serif }
    .scroll-area { position: absolute; inset: 0; overflow: auto; display: grid; grid-template-columns: repeat(auto-fill, 190px); padding-left: 256px }
    figure { margin: 0; height: 200px; text-align: center } img { object-fit: cover }
  </style><div class="scroll-area">${links.map(box).join('')}</div>`
  await page.route(`${origin}/plain`, (route) => route.fulfill({ body, contentType: 'text/html' }))
  await page.goto(`${origin}/plain`)
  await page.waitForFunction(() => [...document.images].filter((one) => one.complete).length > 5)
  const cost = await measure(page)
  await page.close()
  return cost
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-gallery-'))
const barkeep = await startBarkeep(folder.path, 'whole')
const { origin, key } = barkeep
try {
  const links = await fill(origin, key)
  const system = '/usr/bin/chromium'
  await using browser = await chromium.launch({
    ...(existsSync(system) ? { executablePath: system } : {}),
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
  })
  const costs = { plain: [] as Cost[], gallery: [] as Cost[] }
  for (let round = 0; round < rounds; round += 1) {
    await using context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    await context.addInitScript(watchShifts)
    costs.gallery.push(await passGallery(context, origin, key))
    costs.plain.push(await passPlain(context, origin, links))
  }
  const row = (what: string, some: Cost[]) => {
    const slow = some.map(
      ({ frames }) => frames.filter((ms) => ms > slowFrameMs).length / frames.length,
    )
    const longest = some.map(({ frames }) => Math.max(...frames))
    const cells = [
      `${(median(slow) * 100).toFixed(1)} %`,
      `${median(longest).toFixed(0)} ms`,
      `${(median(some.map(({ heap }) => heap)) / 1e6).toFixed(1)} MB`,
      Math.max(...some.map(({ shift }) => shift)).toFixed(4),
      median(some.map(({ shown }) => shown)),
    ]
    process.stdout.write(`| ${what} | ${cells.join(' | ')} |\n`)
  }
  process.stdout.write(`${pictures} pictures, ${passed} passed, ${rounds} rounds\n\n`)
  process.stdout.write(
    `| what | frames over ${slowFrameMs} ms | longest | heap | layout shift, most | pictures seen |\n| --- | --- | --- | --- | --- | --- |\n`,
  )
  row('plain grid', costs.plain)
  row('gallery', costs.gallery)
} finally {
  await barkeep[Symbol.asyncDispose]()
}
