import { mkdtempDisposable, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startBarkeep } from './rival-servers.ts'

// The server's memory while many clients upload at once, and after.
//   node bench/upload-memory.ts [uploads] [MB each]
// Writes uploads × MB to the temporary folder.

const [uploads = 100, megabytes = 100] = process.argv.slice(2).map(Number)
const chunk = Buffer.alloc(1_000_000, 'x')

async function memory(pid: number): Promise<{ peak: number; held: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024
  return { peak: of('VmHWM'), held: of('VmRSS') }
}

/** Resolves with the status. Sends as fast as the server takes it. */
async function upload(origin: string, key: string, name: string): Promise<string> {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname)
  const answer = new Promise<string>((resolve, reject) => {
    socket.once('data', (data) => resolve(String(data).slice(9, 12)))
    socket.once('error', reject)
  })
  socket.write(
    `POST /api/v1/upload?filename=${name} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nContent-Length: ${megabytes * chunk.length}\r\n\r\n`,
  )
  for (let sent = 0; sent < megabytes; sent += 1) {
    await new Promise<void>((resolve) => socket.write(chunk, () => resolve()))
  }
  const status = await answer
  socket.destroy()
  return status
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-'))
await using server = await startBarkeep(folder.path, 'whole')
const before = await memory(server.pid)
const startedAt = performance.now()
const all = Array.from({ length: uploads }, (_, index) =>
  upload(server.origin, server.key, `${index}`),
)
const statuses = await Promise.all(all)
const seconds = (performance.now() - startedAt) / 1000
const at = await memory(server.pid)
await pause(7_000)
const after = await memory(server.pid)
const cells = [before.held, at.peak, after.held].map((value) => value.toFixed(0))
process.stdout.write(
  `${uploads} uploads of ${megabytes} MB in ${seconds.toFixed(1)} s, answers ${[...new Set(statuses)]}\n` +
    `MiB resident: ${cells[0]} before, ${cells[1]} at the peak, ${cells[2]} 7 s after\n`,
)
