import { readdirSync, readFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseFile } from '#server/storage/sqlite/open-sqlite.ts'
import { fillFolder, makeFiles } from './list-rows.ts'
import { median, startBareListing, startBarkeep } from './rival-servers.ts'

// Small answers: requests a second and processor time of each, beside node:http with node:sqlite doing the
// same key look-up, page and JSON on the same database.
//   npm run bench:pages [rounds] [requests a round]

const [rounds = 5, requests = 1500] = process.argv.slice(2).map(Number)
const connections = 8
const files = 20_000

type Target = { name: string; origin: string; pid: number }

/** Processor time of all threads of a process so far, in microseconds. */
function processorUs(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`)
  const used = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8'))
  return used.reduce((sum, line) => sum + Number(line.split(' ')[0]) / 1000, 0)
}

const agent = new Agent({ keepAlive: true, maxSockets: connections })

function ask(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (reply) => {
      let bytes = 0
      if (reply.statusCode !== 200) reject(new Error(`${url}: ${reply.statusCode}`))
      reply.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      reply.once('end', () => resolve(bytes))
    }).once('error', reject)
  })
}

async function measure(
  { origin, pid }: Target,
  path: string,
  headers: Record<string, string>,
  count: number,
) {
  const processor = processorUs(pid)
  const startedAt = performance.now()
  let left = count
  let bytes = 0
  const work = async () => {
    while (left > 0) {
      left -= 1
      bytes = await ask(origin + path, headers)
    }
  }
  await Promise.all(Array.from({ length: connections }, work))
  const ms = performance.now() - startedAt
  return {
    perSecond: (count / ms) * 1000,
    us: (processorUs(pid) - processor) / count,
    bytes,
  }
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-'))
await using barkeep = await startBarkeep(folder.path, 'whole')
fillFolder(databaseFile(barkeep.data), 'bench', makeFiles(files))
await using bare = await startBareListing(databaseFile(barkeep.data))
const targets: Target[] = [
  { name: 'node:http', ...bare },
  { name: 'Barkeep', ...barkeep },
]
const plain = { authorization: `Bearer ${barkeep.key}` }
const packed = { ...plain, 'accept-encoding': 'gzip, deflate, br, zstd' }
const page = '/api/v1/files?path=/many/'
const scenes: [what: string, path: string, headers: Record<string, string>, count: number][] = [
  ['page of 50', `${page}&offset=100`, plain, requests],
  ['page of 50, compressed where it can be', `${page}&offset=100`, packed, requests],
  ['page of 1,000', `${page}&offset=100&limit=1000`, plain, requests / 10],
  [
    'page of 1,000, compressed where it can be',
    `${page}&offset=100&limit=1000`,
    packed,
    requests / 10,
  ],
]
process.stdout.write(`${rounds} interleaved rounds, medians\n\n`)
process.stdout.write(
  '| what | server | requests/s | processor a request, µs | of node:http | bytes |\n| --- | --- | --- | --- | --- | --- |\n',
)
for (const [what, path, headers, count] of scenes) {
  const seen = new Map<Target, { perSecond: number; us: number; bytes: number }[]>()
  // The first round is not counted: until then the code is not yet compiled.
  for (let round = -1; round < rounds; round += 1) {
    for (const target of targets) {
      const one = await measure(target, path, headers, Math.ceil(count))
      if (round >= 0) seen.set(target, [...(seen.get(target) ?? []), one])
    }
  }
  const usOf = (target: Target) => median((seen.get(target) ?? []).map(({ us }) => us))
  for (const target of targets) {
    const ones = seen.get(target) ?? []
    const us = usOf(target)
    const cells = [
      what,
      target.name,
      median(ones.map(({ perSecond }) => perSecond)).toFixed(0),
      us.toFixed(0),
      (us / usOf(targets[0] as Target)).toFixed(2),
      ones[0]?.bytes,
    ]
    process.stdout.write(`| ${cells.join(' | ')} |\n`)
  }
}
agent.destroy()
