import { expect, test } from './fixtures.ts'

test('a long recording plays from where one jumps to, without what lies before it', async ({
  page,
  barkeep,
  watch,
}) => {
  watch.allowOrigin(barkeep.origin)
  // The browser's player has scripts of its own, which no stored page may have.
  watch.expectTrouble(/Blocked script execution in '\S+\/share\//)
  const bytes = silence(600)
  const { link } = await barkeep.upload({ name: 'talk.wav', bytes })
  await page.goto(link)
  const player = page.locator('video')
  await expect.poll(() => player.evaluate((media: HTMLVideoElement) => media.duration)).toBe(600)

  const jumped = page.waitForResponse(
    async (reply) => firstByte(await reply.headerValue('content-range')) > bytes.length / 2,
  )
  await player.evaluate((media: HTMLVideoElement) => {
    media.muted = true
    media.currentTime = 500
    return media.play()
  })
  expect((await jumped).status()).toBe(206)
  await expect
    .poll(() => player.evaluate((media: HTMLVideoElement) => media.currentTime))
    .toBeGreaterThan(500.5)
})

test('a stored picture runs no script, which would read the key were it not for the policy of its link', async ({
  page,
  barkeep,
  watch,
  connect,
}) => {
  watch.expectTrouble(/Blocked script execution in '\S+\/share\/|ERR_BLOCKED_BY_RESPONSE/)
  const { link } = await barkeep.upload({ name: 'thief.svg', bytes: thief })
  await connect()
  await page.goto(link)
  const picture = page.locator('svg')
  await expect(picture).toBeVisible()
  await expect(picture).not.toHaveAttribute('data-loot')

  await page.route(link, async (route) => {
    const reply = await route.fetch()
    const { 'content-security-policy': _, ...headers } = reply.headers()
    await route.fulfill({ response: reply, headers })
  })
  await page.goto(link)
  await expect(picture).toHaveAttribute('data-loot', new RegExp(barkeep.key))
})

const thief = `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="80">
  <rect width="80" height="80" />
  <script>
    document.documentElement.setAttribute('data-loot', JSON.stringify({ ...sessionStorage }))
  </script>
</svg>`

/** A WAV file, large enough that no browser fetches all of it before it plays. */
function silence(seconds: number): Uint8Array<ArrayBuffer> {
  const bytesPerSecond = 44_100 * 2
  const head = Buffer.alloc(44)
  head.write('RIFF')
  head.writeUInt32LE(36 + seconds * bytesPerSecond, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(44_100, 24)
  head.writeUInt32LE(bytesPerSecond, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(seconds * bytesPerSecond, 40)
  const file = new Uint8Array(head.length + seconds * bytesPerSecond)
  file.set(head)
  return file
}

function firstByte(contentRange: string | null): number {
  return Number(/^bytes (\d+)-/.exec(contentRange ?? '')?.[1] ?? 0)
}
