import { randomBytes } from 'node:crypto'
import { mkdtempDisposable } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBarkeep } from './rival-servers.ts'

// What others notice of many sign-ins at once, each from an address of its own: the time of a download of 1 MiB
// and of /me beside them, and alone in the same run.
//   npm run bench:sign-ins [sign-ins] [seconds alone]
// Needs Linux, where every address of 127.0.0.0/8 is this machine's.

const [signIns = 150, secondsAlone = 10] = process.argv.slice(2).map(Number)
const goalMs = 200

type Ask = {
  url: string
  method?: string
  headers?: Record<string, string>
  body?: string
  localAddress?: string
}

/** Milliseconds until the whole answer is here; throws when its status is not `expected`. */
async function measure(ask: Ask, expected: number[], agent?: Agent): Promise<number> {
  const startedAt = performance.now()
  const { body, url, ...options } = ask
  await new Promise<void>((resolve, reject) => {
    const sent = request(url, { ...options, ...(agent && { agent }) }, (answer) => {
      answer.resume()
      answer.on('error', reject)
      answer.on('end', () => {
        if (expected.includes(answer.statusCode ?? 0)) resolve()
        else reject(new Error(`${url} answered ${answer.statusCode}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
  return performance.now() - startedAt
}

function percentile(times: number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-'))
await using barkeep = await startBarkeep(folder.path, 'whole')
const headers = { authorization: `Bearer ${barkeep.key}` }
const upload = await fetch(`${barkeep.origin}/api/v1/upload?filename=file.bin`, {
  ...{ method: 'POST', headers, body: randomBytes(1024 * 1024) },
})
const { link } = (await upload.json()) as { link: string }
const agent = new Agent({ keepAlive: true })

/** Asks one after the other, as a person who works does, until told to stop. */
async function watch(ask: Ask, until: () => boolean): Promise<number[]> {
  const times: number[] = []
  while (!until()) times.push(await measure(ask, [200], agent))
  return times
}

async function watchBoth(until: () => boolean) {
  const [downloads, me] = await Promise.all([
    watch({ url: link }, until),
    watch({ url: `${barkeep.origin}/api/v1/me`, headers }, until),
  ])
  return { downloads, me }
}

function signIn(index: number): Promise<number> {
  // 127.1.0.1 and up: an address each, as the sign-in limit counts them.
  const localAddress = `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`
  return measure(
    {
      url: `${barkeep.origin}/api/auth/sign-in/username`,
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: barkeep.origin },
      body: JSON.stringify({ username: `user-${index}`, password: 'a wrong password' }),
      localAddress,
    },
    [401],
  )
}

// Loads the library behind sign-ins and warms up both walks.
await signIn(10_000)
const warmUpEnds = performance.now() + 1000
await watchBoth(() => performance.now() > warmUpEnds)

const aloneEnds = performance.now() + secondsAlone * 1000
const alone = await watchBoth(() => performance.now() > aloneEnds)
let isOver = false
const beside = watchBoth(() => isOver)
const took = await Promise.all(Array.from({ length: signIns }, (_, index) => signIn(index)))
isOver = true
const busy = await beside
agent.destroy()

process.stdout.write(`${signIns} sign-ins at once, answered within ${ms(Math.max(...took))}\n\n`)
process.stdout.write('| what | alone p50 | p99 | beside sign-ins p50 | p99 | longest |\n')
process.stdout.write('| --- | --- | --- | --- | --- | --- |\n')
for (const [name, quiet, loaded] of [
  ['download of 1 MiB', alone.downloads, busy.downloads],
  ['/me', alone.me, busy.me],
] as const) {
  const cells = [percentile(quiet, 0.5), percentile(quiet, 0.99)]
  cells.push(percentile(loaded, 0.5), percentile(loaded, 0.99), Math.max(...loaded))
  process.stdout.write(`| ${name} | ${cells.map(ms).join(' | ')} |\n`)
  if (percentile(loaded, 0.99) > goalMs) process.stdout.write(`  over the goal of ${goalMs} ms\n`)
}

function ms(milliseconds: number): string {
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`
}
