import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { archiveReply } from '#contract/archive.ts'
import { median, startBarkeep, writeBytes } from './rival-servers.ts'

// One zip of many small files, and of one large one, from Barkeep, beside `tar` of the same files piped
// through node:http; by curl, which throws them away. Barkeep's first download is told apart, and its
// resident memory at the highest.
//   npm run bench:zip [files] [bytes of each] [MiB of the large one] [rounds]
// Needs tar and curl. Writes both twice to the temporary folder.

const run = promisify(execFile)
const [files = 10_000, bytes = 10_000, megabytes = 1_024, rounds = 5] = process.argv
  .slice(2)
  .map(Number)
const filesAtOnce = 250

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-'))
const [small, large] = [join(folder.path, 'small'), join(folder.path, 'large')]
await Promise.all([mkdir(small), mkdir(large)])
await using barkeep = await startBarkeep(folder.path, 'whole')
const headers = { authorization: `Bearer ${barkeep.key}` }

async function fill(): Promise<void> {
  for (let first = 0; first < files; first += filesAtOnce) {
    const form = new FormData()
    for (let index = first; index < Math.min(first + filesAtOnce, files); index += 1) {
      const content = Buffer.alloc(bytes, `${index} `)
      await writeFile(join(small, `${index}.bin`), content)
      form.append('file', new Blob([content]), `${index}.bin`)
    }
    const url = `${barkeep.origin}/api/v1/upload/batch?path=/small/`
    const reply = await fetch(url, { method: 'POST', headers, body: form })
    if (!reply.ok) throw new Error(await reply.text())
    await reply.arrayBuffer()
  }
  await writeBytes(join(large, 'file.bin'), megabytes)
  const url = `${barkeep.origin}/api/v1/upload?filename=file.bin&path=/large/`
  const key = ['-H', `Authorization: Bearer ${barkeep.key}`]
  await run('curl', ['-sS', '-f', '-X', 'POST', ...key, '-T', join(large, 'file.bin'), url])
}

/** `tar` of the folder that the address names, as it comes. */
const tarServer = createServer((request, response) => {
  const tar = spawn('tar', ['-cf', '-', '-C', folder.path, (request.url ?? '').slice(1)])
  tar.stdout.pipe(response)
}).listen(0, '127.0.0.1')
await once(tarServer, 'listening')
const tarOrigin = `http://127.0.0.1:${(tarServer.address() as AddressInfo).port}`

async function makeZip(path: string): Promise<{ link: string; size: number; seconds: number }> {
  const startedAt = performance.now()
  const reply = await fetch(`${barkeep.origin}/api/v1/archive`, {
    ...{ method: 'POST', body: JSON.stringify({ items: [path] }) },
    headers: { ...headers, 'content-type': 'application/json' },
  })
  const seconds = (performance.now() - startedAt) / 1000
  return { ...archiveReply.parse(await reply.json()), seconds }
}

async function seconds(url: string): Promise<number> {
  const args = ['-sS', '-f', '-o', '/dev/null', '-w', '%{time_total}', url]
  return Number((await run('curl', args)).stdout)
}

/** In MB. */
async function memory(field: 'VmRSS' | 'VmHWM'): Promise<string> {
  const status = await readFile(`/proc/${barkeep.pid}/status`, 'utf8')
  const kilobytes = Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1])
  return (kilobytes / 1024).toFixed(0)
}

const tell = (cells: (string | number)[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`)

await fill()
tell(['what', 'link, s', 'zip at first, s', 'zip, s', 'MB/s', 'tar, s', 'of tar', 'peak RSS, MB'])
tell(Array.from({ length: 8 }, () => '---'))
for (const [what, name] of [
  [`${files} files of ${bytes} bytes`, 'small'],
  [`one file of ${megabytes} MiB`, 'large'],
] as const) {
  const zip = await makeZip(`/${name}/`)
  // From here on what is the highest counts anew.
  await writeFile(`/proc/${barkeep.pid}/clear_refs`, '5')
  const before = await memory('VmRSS')
  const first = await seconds(zip.link)
  const times: { zip: number[]; tar: number[] } = { zip: [], tar: [] }
  for (let round = 0; round < rounds; round += 1) {
    times.tar.push(await seconds(`${tarOrigin}/${name}`))
    times.zip.push(await seconds(zip.link))
  }
  const [took, tar] = [median(times.zip), median(times.tar)]
  tell([
    ...[what, zip.seconds.toFixed(2), first.toFixed(2), took.toFixed(2)],
    ...[(zip.size / took / 1e6).toFixed(0), tar.toFixed(2), (took / tar).toFixed(2)],
    `${await memory('VmHWM')} (${before} before)`,
  ])
}
tarServer.close()
