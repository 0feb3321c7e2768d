import { execFile } from 'node:child_process'
import { mkdtempDisposable, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { median, startBarkeep, startNginx, writeBytes } from './rival-servers.ts'

// Downloads of one file from Barkeep's share link and from nginx (sendfile), side by side, with curl.
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

const targets = [
  { name: 'nginx, sendfile', url: `${nginx.origin}/file.bin`, times: [] as number[] },
  { name: 'Barkeep', url: link, times: [] as number[] },
]
// The first two rounds are not counted: until then a server's code is not yet compiled.
for (let round = -2; round < rounds; round += 1) {
  for (const { url, times } of targets) {
    const took = await seconds(url)
    if (round >= 0) times.push(took)
  }
}
const { size } = await stat(source)
process.stdout.write(`${size} bytes, median of ${rounds} interleaved rounds\n\n`)
process.stdout.write('| server | seconds | MB/s | of nginx |\n| --- | --- | --- | --- |\n')
const measure = median(targets[0]?.times ?? [])
for (const { name, times } of targets) {
  const took = median(times)
  const cells = [name, took.toFixed(2), (size / took / 1e6).toFixed(0), (took / measure).toFixed(2)]
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}
