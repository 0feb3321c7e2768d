import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { dropFiles } from './drop-files.ts'
import { transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

const megabyte = 1_000_000
/** A little more than what comes in one request. */
const size = 72 * megabyte

test('a large file goes on where it stopped, after a cut, after a reload, and is itself in the end', async ({
  page,
  barkeep,
  connect,
  watch,
}, testInfo) => {
  // Chromium sends a part again by itself when its connection is reset: its offset is not right any more.
  watch.expectTrouble(/ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|409.*\/resumable\//)
  const bytes = randomBytes(size)
  const path = testInfo.outputPath('wedding.mov')
  await writeFile(path, bytes)
  await connect()
  const row = transferRow(page, 'wedding.mov')
  const { cable } = barkeep

  cable.cutAfter(30 * megabyte)
  await dropFiles(page, [path])
  await expect.poll(() => cable.struck(), { timeout: 30_000 }).toBe(1)
  // The rest goes slowly, so that the reload finds it under way.
  cable.slowTo(2 * megabyte)
  await expect.poll(() => cable.carried(), { timeout: 30_000 }).toBeGreaterThan(34 * megabyte)
  page.on('dialog', (dialog) => void dialog.accept())
  await page.reload()
  await expect(row).toContainText('It goes on where it stopped.')
  cable.slowTo(null)
  // Dropped again, it finds its row.
  await dropFiles(page, [path])
  await expect(row).toContainText('Done', { timeout: 30_000 })

  const { files } = await barkeep.list('/')
  expect(files).toMatchObject([{ name: 'wedding.mov', size }])
  const stored = await (await fetch(files[0]?.link ?? '')).bytes()
  const sha256 = (some: Uint8Array) => createHash('sha256').update(some).digest('hex')
  expect(sha256(stored)).toBe(sha256(bytes))
  // What was in the sockets between when they broke, and the app itself after its reload.
  expect(cable.carried()).toBeLessThan(size * 1.2)
})
