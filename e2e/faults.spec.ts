import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page, TestInfo } from '@playwright/test'
import { filesReply } from '#contract/files.ts'
import { dropAtOnce } from './drop-files.ts'
import { expect, test } from './fixtures.ts'
import type { Barkeep } from './start-barkeep.ts'

test.use({ settings: { BARKEEP_RATE_LIMIT: '300' } })

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A folder of so many files of 2,000 bytes, and the hash of each by its name. */
async function makeFolder(testInfo: TestInfo, count: number) {
  const folder = testInfo.outputPath('Trip')
  await mkdir(folder, { recursive: true })
  const hashes = new Map<string, string>()
  for (let index = 0; index < count; index += 1) {
    const bytes = Buffer.alloc(2_000, `${index} `)
    hashes.set(`${index}.jpg`, sha256(bytes))
    await writeFile(join(folder, `${index}.jpg`), bytes)
  }
  return { folder, hashes }
}

/** The hash of each file that the server has in the folder, by its name; a name twice is a failure. */
async function stored({ origin, key }: Barkeep): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const headers = { authorization: `Bearer ${key}` }
  const reply = await fetch(`${origin}/api/v1/files?path=/Trip/&limit=1000`, { headers })
  const { files } = filesReply.parse(await reply.json())
  await Promise.all(
    files.map(async ({ name, link }) => {
      expect(found.has(name)).toBe(false)
      found.set(name, sha256(await (await fetch(link)).bytes()))
    }),
  )
  return found
}

const tray = (page: Page) => page.getByRole('region', { name: 'Transfers' })

test('300 files end once each, whatever breaks on the way: 429, 503, cuts, a lost answer, a kill', async ({
  page,
  barkeep,
  connect,
  watch,
}, testInfo) => {
  watch.expectTrouble(/ERR_|429|503|404.*path=%2FTrip%2F/)
  const { folder, hashes } = await makeFolder(testInfo, 300)
  await connect()
  const { cable } = barkeep
  const refusals = [429, 503]
  await page.route('**/api/v1/upload/batch*', async (route) => {
    const status = refusals.shift()
    if (status === undefined) return await route.fallback()
    const headers = { 'retry-after': '1' }
    const code = status === 429 ? 'rate_limited' : 'unavailable'
    await route.fulfill({ status, headers, json: { status: 'error', code, message: 'Not now.' } })
  })
  cable.cutAfter(150_000)
  cable.loseNextAnswerTo(/^POST \/api\/v1\/upload\/batch/)
  await dropAtOnce(page, [folder])
  await expect.poll(() => cable.struck(), { timeout: 60_000 }).toBe(2)
  expect(refusals).toEqual([])
  await barkeep.restart()
  await expect(tray(page).getByText('300 done')).toBeVisible({ timeout: 90_000 })
  expect(await stored(barkeep)).toEqual(hashes)
})

test('two tabs that bring one new folder at once make each file once', async ({
  page,
  context,
  barkeep,
  connect,
  watch,
}, testInfo) => {
  watch.expectTrouble(/404.*path=%2FTrip%2F/)
  const { folder, hashes } = await makeFolder(testInfo, 40)
  const other = await context.newPage()
  await connect()
  await connect({ page: other })
  await Promise.all([dropAtOnce(page, [folder]), dropAtOnce(other, [folder])])
  for (const tab of [page, other]) {
    await expect(tray(tab).getByText('40 done')).toBeVisible({ timeout: 60_000 })
  }
  expect(await stored(barkeep)).toEqual(hashes)
})
