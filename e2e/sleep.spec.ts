import { readdir, readFile, writeFile } from 'node:fs/promises'
import { chromium } from '@playwright/test'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { dropFiles } from './drop-files.ts'
import { transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { folderUrl } from './folder-url.ts'
import { startCable } from './start-cable.ts'
import { watchPages } from './watch-pages.ts'

/** A process and all its descendants. */
async function processTree(root: number): Promise<number[]> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    // Of a process that has ended meanwhile there is nothing to read.
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(stat)?.[1]
    if (parent) parents.set(Number(name), Number(parent))
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || isBelow(parents.get(pid)))
  return [...parents.keys()].filter(isBelow)
}

test('uploads that a sleeping machine stops in the middle end by themselves when it wakes', async ({
  launchOptions,
}, testInfo) => {
  const clock = { ms: 0, now: () => Date.now(), monotonic: () => clock.ms }
  const cable = await startCable()
  await using server = await startTestServer({
    dependencies: { clock },
    config: { publicUrl: cable.origin },
  })
  await using _cable = cable
  cable.plugInto(Number(new URL(server.origin).port))
  const refusals: number[] = []
  server.server.app.server.on('request', (request, response) => {
    if (request.url?.startsWith('/api/v1/upload')) {
      response.once('finish', () => refusals.push(response.statusCode))
    }
  })

  const chrome = await chromium.launchServer(launchOptions)
  const pids = await processTree(chrome.process().pid as number)
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of pids) process.kill(pid, name)
  }
  try {
    const browser = await chromium.connect(chrome.wsEndpoint())
    const context = await browser.newContext()
    const watch = watchPages(context)
    watch.allowOrigin(cable.origin)
    watch.expectTrouble(/503|ERR_CONNECTION_RESET|ERR_TIMED_OUT/)
    const page = await context.newPage()
    await page.goto(folderUrl(cable, '/'))
    await page.getByLabel('API key', { exact: true }).fill(server.key)
    await page.getByRole('button', { name: 'Connect' }).click()
    await page.getByRole('button', { name: 'Upload', exact: true }).waitFor()
    cable.slowTo(1_000_000)
    const names = ['a.bin', 'b.bin', 'c.bin']
    const paths = names.map((name) => testInfo.outputPath(name))
    for (const path of paths) await writeFile(path, new Uint8Array(15_000_000))
    await dropFiles(page, paths)
    for (const name of names) await expect(transferRow(page, name)).toContainText('Uploading')

    signal('SIGSTOP')
    // What the system took from the browser before must not go on arriving for long.
    cable.slowTo(1)
    await expect
      .poll(() => {
        clock.ms += 31_000
        return refusals
      })
      .toEqual([503, 503, 503])
    cable.slowTo(null)
    signal('SIGCONT')
    for (const name of names) {
      await expect(transferRow(page, name)).toContainText('Done', { timeout: 60_000 })
    }
    const list = await (await server.get('/api/v1/files')).json()
    expect(list.files.map(({ size }: { size: number }) => size)).toEqual([15e6, 15e6, 15e6])
    expect(watch.surprises()).toEqual([])
  } finally {
    signal('SIGCONT')
    await chrome.close()
  }
})
