import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtempDisposable, open, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

// Uploads of one file to Barkeep and to nginx (dav PUT), side by side, with curl as the client.
//   npm run bench:uploads [MiB] [rounds]
// Needs nginx and curl. Writes about three times the size to the temporary folder.

const run = promisify(execFile)
const [megabytes = 1024, rounds = 9] = process.argv.slice(2).map(Number)
const project = join(import.meta.dirname, '..')

type Target = { name: string; url(round: number): string; args: string[]; clean(): Promise<void> }

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await once(server.close(), 'close')
  return port
}

/** `settings` empty: as it comes, with bodies through a buffer of 16 KiB. */
async function startNginx(parts: {
  name: string
  folder: string
  settings: string
}): Promise<Target & AsyncDisposable> {
  const { name, folder, settings } = parts
  const port = await freePort()
  const stored = join(folder, 'nginx-stored')
  await mkdir(stored, { recursive: true })
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; user root;
     events {}
     http {
       access_log off; client_max_body_size 0; tcp_nopush off;
       client_body_temp_path ${folder}/nginx-body; ${settings}
       server { listen 127.0.0.1:${port}; root ${stored}; location / { dav_methods PUT; } }
     }`,
  )
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: 'inherit',
  })
  return {
    name,
    url: () => `http://127.0.0.1:${port}/file.bin`,
    args: ['-X', 'PUT'],
    clean: () => rm(join(stored, 'file.bin'), { force: true }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function startBarkeep(
  folder: string,
  mode: 'whole' | 'bare',
): Promise<Target & AsyncDisposable> {
  const data = join(folder, `barkeep-${mode}`)
  const script = join(project, 'bench/uploads-server.ts')
  const child = spawn(process.execPath, ['--max-semi-space-size=2', script, data, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data')
  const { origin, key } = JSON.parse(String(line)) as { origin: string; key: string }
  return {
    name: mode === 'whole' ? 'Barkeep, durable and hashed' : 'Barkeep, neither',
    // Another name each round: the same bytes under the same name would be the same file.
    url: (round) => `${origin}/api/v1/upload?filename=file-${round}.bin`,
    args: ['-X', 'POST', '-H', `Authorization: Bearer ${key}`],
    clean: () => rm(join(data, 'blobs'), { recursive: true, force: true }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function writeSource(path: string): Promise<void> {
  await using file = await open(path, 'w')
  const block = Buffer.alloc(1024 * 1024)
  for (let index = 0; index < megabytes; index += 1) {
    block.fill(index % 251)
    await file.write(block)
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
  for (let round = 0; round < 2; round += 1) await writeSource(path)
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

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-'))
const source = join(folder.path, 'source.bin')
await writeSource(source)
const { size } = await stat(source)
await using nginx = await startNginx({
  name: 'nginx, dav PUT',
  folder: join(folder.path, 'plain'),
  settings: '',
})
await using tuned = await startNginx({
  name: 'nginx, buffer of 1 MiB',
  folder: join(folder.path, 'tuned'),
  settings: 'client_body_buffer_size 1m;',
})
await using whole = await startBarkeep(folder.path, 'whole')
await using bare = await startBarkeep(folder.path, 'bare')
const targets = [nginx, tuned, whole, bare]
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
