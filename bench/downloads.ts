import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposable, stat } from 'node:fs/promises'
import { Agent, get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { median, startBarkeep, startNginx, writeBytes } from './rival-servers.ts'

// Downloads of one file from Barkeep's share link and from nginx (sendfile), side by side, with curl; and
// 1,000 ranges of 64 KiB of it, eight at once.
//   npm run bench:downloads [MiB] [rounds]
// Needs nginx and curl. Writes about twice the size to the temporary folder.

const run = promisify(execFile)
const [megabytes = 1024, rounds = 9] = process.argv.slice(2).map(Number)

async function seconds(url: string): Promise<number> {
  const args = ['-sS', '-f', '-o', '/dev/null', '-w', '%{time_total}', url]
  return Number((await run('curl', args)).stdout)
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-'))
await using nginx = await startNginx(folder.path)
await using barkeep = await startBarkeep(folder.path, 'whole')
const source = join(nginx.stored, 'file.bin')
await writeBytes(source, megabytes)
const upload = `${barkeep.origin}/api/v1/upload?filename=file.bin`
const sent = await run('curl', [
  ...['-sS', '-f', '-X', 'POST', '-H', `Authorization: Bearer ${barkeep.key}`, '-T', source],
  upload,
])
const { link } = JSON.parse(sent.stdout) as { link: string }

const agent = new Agent({ keepAlive: true, maxSockets: 8 })

async function rangesSeconds(url: string): Promise<number> {
  const startedAt = performance.now()
  let left = 1000
  const work = async () => {
    while (left-- > 0) {
      const first = ((left * 7919) % (megabytes * 16)) * 65_536
      const asked = get(url, { agent, headers: { range: `bytes=${first}-${first + 65_535}` } })
      const [reply] = (await once(asked, 'response')) as [IncomingMessage]
      if (reply.statusCode !== 206) throw new Error(`${url}: ${reply.statusCode}`)
      await once(reply.resume(), 'end')
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
  return (performance.now() - startedAt) / 1000
}

const targets = [
  {
    name: 'nginx, sendfile',
    url: `${nginx.origin}/file.bin`,
    times: [] as number[],
    ranges: [] as number[],
  },
  { name: 'Barkeep', url: link, times: [] as number[], ranges: [] as number[] },
]
// The first two rounds are not counted: until then a server's code is not yet compiled.
for (let round = -2; round < rounds; round += 1) {
  for (const { url, times, ranges } of targets) {
    const took = await seconds(url)
    if (round >= 0) times.push(took)
    const inRanges = await rangesSeconds(url)
    if (round >= 0) ranges.push(inRanges)
  }
}
const { size } = await stat(source)
process.stdout.write(`${size} bytes, median of ${rounds} interleaved rounds\n\n`)
process.stdout.write(
  '| server | seconds | MB/s | of nginx | 1,000 ranges, s | of nginx |\n| --- | --- | --- | --- | --- | --- |\n',
)
const measure = median(targets[0]?.times ?? [])
const measureRanges = median(targets[0]?.ranges ?? [])
for (const { name, times, ranges } of targets) {
  const [took, inRanges] = [median(times), median(ranges)]
  const cells = [
    ...[name, took.toFixed(2), (size / took / 1e6).toFixed(0), (took / measure).toFixed(2)],
    ...[inRanges.toFixed(2), (inRanges / measureRanges).toFixed(2)],
  ]
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}
agent.destroy()
