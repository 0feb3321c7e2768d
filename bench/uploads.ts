import { execFile } from 'node:child_process'
import { mkdir, mkdtempDisposable, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { median, startBarkeep, startNginx, writeBytes } from './rival-servers.ts'

// Uploads of one file to Barkeep and to nginx (dav PUT), side by side, with curl as the client.
//   npm run bench:uploads [MiB] [rounds]
// Needs nginx and curl. Writes about three times the size to the temporary folder.

const run = promisify(execFile)
const [megabytes = 1024, rounds = 9] = process.argv.slice(2).map(Number)

type Target = { name: string; url(round: number): string; args: string[]; clean(): Promise<void> }

function toNginx(name: string, { origin, stored }: Awaited<ReturnType<typeof startNginx>>): Target {
  return {
    name,
    url: () => `${origin}/file.bin`,
    args: ['-X', 'PUT'],
    clean: () => rm(join(stored, 'file.bin'), { force: true }),
  }
}

function toBarkeep(
  name: string,
  { origin, key, data }: Awaited<ReturnType<typeof startBarkeep>>,
): Target {
  return {
    name,
    // Another name each round: the same bytes under the same name would be the same file.
    url: (round) => `${origin}/api/v1/upload?filename=file-${round}.bin`,
    args: ['-X', 'POST', '-H', `Authorization: Bearer ${key}`],
    // The files alone: the server goes on with the folders that it has made.
    async clean() {
      const inBlobs = { recursive: true, withFileTypes: true } as const
      for (const entry of await readdir(join(data, 'blobs'), inBlobs)) {
        if (entry.isFile()) await rm(join(entry.parentPath, entry.name))
      }
    },
  }
}

/**
 * The same start for everyone: nothing of the one before is still on its way to the disk, and the
 * page cache has warm memory (what lies idle goes back to the host, and comes back four times slower).
 */
async function prepare(target: Target, folder: string): Promise<void> {
  await target.clean()
  await run('sync')
  const path = join(folder, 'warm')
  for (let round = 0; round < 2; round += 1) await writeBytes(path, megabytes)
  await rm(path)
}

async function measure(target: Target, source: string, round: number): Promise<number> {
  await prepare(target, dirname(source))
  const args = ['-sS', '-o', '/dev/null', '-w', '%{http_code} %{time_total}', '-H', 'Expect:']
  const { stdout } = await run('curl', [...args, ...target.args, '-T', source, target.url(round)])
  const [status = '', seconds = ''] = stdout.split(' ')
  if (!status.startsWith('2')) throw new Error(`${target.name} answered ${status}`)
  return Number(seconds)
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-'))
const source = join(folder.path, 'source.bin')
await writeBytes(source, megabytes)
const { size } = await stat(source)
const inFolder = async (name: string) => {
  const path = join(folder.path, name)
  await mkdir(path)
  return path
}
await using plain = await startNginx(await inFolder('plain'))
await using buffered = await startNginx(await inFolder('tuned'), 'client_body_buffer_size 1m;')
await using whole = await startBarkeep(folder.path, 'whole')
await using bare = await startBarkeep(folder.path, 'bare')
const nginx = toNginx('nginx, dav PUT', plain)
const tuned = toNginx('nginx, buffer of 1 MiB', buffered)
const targets = [
  nginx,
  tuned,
  toBarkeep('Barkeep, durable and hashed', whole),
  toBarkeep('Barkeep, neither', bare),
]
const times = new Map<Target, number[]>(targets.map((target) => [target, []]))
// The first two rounds are not counted: until then a server's code is not yet compiled.
for (let round = -2; round < rounds; round += 1) {
  for (const target of targets) {
    const seconds = await measure(target, source, round)
    if (round >= 0) times.get(target)?.push(seconds)
  }
}
const medianOf = (target: Target) => median(times.get(target) ?? [])
process.stdout.write(`${size} bytes, median of ${rounds} interleaved rounds\n\n`)
process.stdout.write('| server | seconds | MB/s | of nginx | of nginx with 1 MiB |\n')
process.stdout.write('| --- | --- | --- | --- | --- |\n')
for (const target of targets) {
  const seconds = medianOf(target)
  const cells = [
    target.name,
    seconds.toFixed(2),
    (size / seconds / 1e6).toFixed(0),
    (seconds / medianOf(nginx)).toFixed(2),
    (seconds / medianOf(tuned)).toFixed(2),
  ]
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}
