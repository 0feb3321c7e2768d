import { gzipSync } from 'node:zlib'
import { fileRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

test('the signed-in screen loads at most 150 KB of scripts and styles in at most 6 requests', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ name: 'a.txt' })
  await connect()
  await expect(fileRow(page, 'a.txt')).toBeVisible()

  const loaded: { url: string; bytes: number }[] = []
  const reading: Promise<void>[] = []
  page.on('response', (response) => {
    const type = response.headers()['content-type'] ?? ''
    if (!/javascript|css/.test(type)) return
    const read = async () => {
      const body = await response.body()
      loaded.push({ url: response.url(), bytes: gzipSync(body).length })
    }
    reading.push(read())
  })
  await page.reload({ waitUntil: 'networkidle' })
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  await Promise.all(reading)
  const total = loaded.reduce((sum, { bytes }) => sum + bytes, 0)
  expect(loaded.length).toBeGreaterThan(1)
  expect(loaded.length, JSON.stringify(loaded)).toBeLessThanOrEqual(6)
  expect(total, JSON.stringify(loaded)).toBeLessThanOrEqual(150_000)
})

test('what the server sends is compressed and kept by the browser', async ({
  page,
  barkeep,
  watch,
}) => {
  watch.allowOrigin(barkeep.origin)
  const scripts: Record<string, string>[] = []
  page.on('response', async (response) => {
    if (/\.js$/.test(new URL(response.url()).pathname)) scripts.push(await response.allHeaders())
  })
  const document = await page.goto(barkeep.origin)
  await expect(page.getByRole('button', { name: 'Connect' })).toBeVisible()
  expect(document?.headers()['cache-control']).toMatch(/no-cache|no-store/)
  expect(scripts.length).toBeGreaterThan(0)
  for (const headers of scripts) {
    expect(headers['content-encoding']).toMatch(/gzip|br|zstd/)
    expect(headers['cache-control']).toMatch(/immutable/)
  }
})
