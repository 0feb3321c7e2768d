import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { median, startBarkeep, writeBytes } from './rival-servers.ts'
import { openApp, openBarePage } from './upload-pages.ts'

// One large file through the app, in parts, and through a bare page (XMLHttpRequest, in one request), round
// about, in one Chromium; then one through a cable that is cut again and again: what goes up in all.
//   npm run bench:resumable [MiB] [rounds] [MiB through the cable] [cuts]
// Needs Chromium. Writes about three times the sizes to the temporary folder.

const [size = 1024, rounds = 5, long = 1900, cuts = 20] = process.argv.slice(2).map(Number)
const mebibyte = 1024 * 1024

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-'))
await using server = await startBarkeep(folder.path, 'whole')
const cable = await startCable(Number(new URL(server.origin).port))
// Debian's, where it is installed, as in the browser tests; else Playwright's own.
const debianChromium = '/usr/bin/chromium'
const browser = await chromium.launch({
  ...(existsSync(debianChromium) ? { executablePath: debianChromium } : {}),
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
})

/** A line to `port` whose connections break once they carried `cutAfter` bytes upwards, `cutsLeft` times. */
async function startCable(port: number) {
  const line = {
    origin: '',
    carried: 0,
    cutAfter: Number.POSITIVE_INFINITY,
    cutsLeft: 0,
    struck: 0,
  }
  const proxy = createServer((down) => {
    const up = connect(port, '127.0.0.1')
    let carried = 0
    for (const socket of [down, up]) socket.on('error', () => socket.destroy())
    down.on('close', () => up.destroy())
    up.on('close', () => down.destroy())
    down.on('data', (chunk) => {
      line.carried += chunk.length
      carried += chunk.length
      if (carried < line.cutAfter || line.cutsLeft === 0) return
      line.cutsLeft -= 1
      line.struck += 1
      down.resetAndDestroy()
    })
    down.pipe(up)
    up.pipe(down)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  proxy.unref()
  line.origin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  return line
}

/** Seconds from choosing a file to the word that it is there. */
async function send(crowd: Awaited<ReturnType<typeof openApp>>, path: string): Promise<number> {
  const { page } = crowd
  const text = crowd.done(1)
  const start = performance.now()
  await crowd.choose([path])
  await page.locator(crowd.region).getByText(text).first().waitFor({ timeout: 1_800_000 })
  return (performance.now() - start) / 1000
}

async function withPage<Result>(work: (page: Page) => Promise<Result>): Promise<Result> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    bypassCSP: true,
  })
  try {
    return await work(await context.newPage())
  } finally {
    await context.close()
  }
}

const times = { app: [] as number[], bare: [] as number[] }
for (let round = 0; round < rounds; round += 1) {
  // Another name each round: the same bytes under the same name would be the same file.
  for (const kind of round % 2 === 0 ? (['bare', 'app'] as const) : (['app', 'bare'] as const)) {
    const path = join(folder.path, `${kind}-${round}.bin`)
    await writeBytes(path, size)
    const open = kind === 'app' ? openApp : openBarePage
    times[kind].push(await withPage(async (page) => send(await open(page, server), path)))
  }
}
const [app, bare] = [median(times.app), median(times.bare)]
process.stdout.write(
  `${size} MiB, median of ${rounds}: in parts ${app.toFixed(2)} s, bare page ${bare.toFixed(2)} s\n`,
)
process.stdout.write(`speed in parts to that of the bare page: ${(bare / app).toFixed(2)}\n`)

const path = join(folder.path, 'long.bin')
await writeBytes(path, long)
const through = { origin: cable.origin, key: server.key }
await withPage(async (page) => {
  const crowd = await openApp(page, through)
  const before = cable.carried
  cable.cutsLeft = cuts
  cable.cutAfter = (long * mebibyte) / (cuts + 1)
  const seconds = await send(crowd, path)
  const more = (cable.carried - before) / (long * mebibyte) - 1
  process.stdout.write(
    `${long} MiB with ${cable.struck} cuts: ${seconds.toFixed(0)} s, ${(more * 100).toFixed(1)} % more bytes than it has\n`,
  )
})
await browser.close()
