import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { makeApiKeyFor } from './bench-account.ts'
import { freePort, writeBytes } from './rival-servers.ts'

// Barkeep as `npm start` runs it beside HFS, a file server from npm: memory when idle, and how soon small
// answers come while three large uploads run.
//   npm run bench:hfs [MiB of each upload]
// Installs HFS into the temporary folder, once. Needs Linux. Writes three times the size, twice.

const run = promisify(execFile)
const [megabytes = 1024] = process.argv.slice(2).map(Number)
const project = join(import.meta.dirname, '..')
const rivals = join(tmpdir(), 'barkeep-bench-rivals')

type Product = {
  name: string
  origin: string
  pid: number
  /** What is asked for again and again. */
  small: string
  upload: { method: string; path(name: string): string }
  headers: Record<string, string>
} & AsyncDisposable

async function untilServing(url: string): Promise<void> {
  for (;;) {
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    )
    if (isUp) return
    await pause(50)
  }
}

function start(name: string, args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, args, {
    ...{ cwd: project, stdio: 'ignore', env: { ...process.env, ...env } },
  })
  return {
    ...{ name, pid: child.pid ?? 0 },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function startProduct(folder: string): Promise<Product> {
  // As `npm start` does before: the app is built, and the server's compiled code is kept.
  await run(process.execPath, ['scripts/prepare-start.ts'], { cwd: project })
  const [data, port] = [join(folder, 'data'), await freePort()]
  const origin = `http://127.0.0.1:${port}`
  const args = ['--max-semi-space-size=4', 'src/server/main.js']
  const env = { PORT: String(port), BARKEEP_DATA: data, BARKEEP_RATE_LIMIT: '1000000' }
  const started = start('Barkeep', args, { ...env, BARKEEP_LOG_LEVEL: 'error' })
  await untilServing(`${origin}/healthz`)
  const { key } = await makeApiKeyFor(data)
  return {
    ...started,
    ...{ origin, small: '/api/v1/me', headers: { authorization: `Bearer ${key}` } },
    upload: { method: 'POST', path: (name) => `/api/v1/upload?filename=${name}` },
  }
}

async function startHfs(folder: string): Promise<Product> {
  const program = join(rivals, 'node_modules/hfs/src/index.js')
  if (!existsSync(program)) {
    await mkdir(rivals, { recursive: true })
    const install = ['install', '--no-audit', '--no-fund', '--prefix', rivals, 'hfs@0.52']
    await run('npm', install)
  }
  const [cwd, stored, port] = [join(folder, 'hfs'), join(folder, 'stored'), await freePort()]
  await mkdir(cwd)
  await mkdir(stored)
  const settings = ['open_browser_at_start: false', 'auto_check_update: false', `port: ${port}`]
  const share = `vfs:\n  children:\n    - name: up\n      source: ${stored}\n      can_upload: true`
  await writeFile(join(cwd, 'config.yaml'), `${settings.join('\n')}\n${share}\n`)
  const started = start('HFS', [program, '--cwd', cwd], {})
  const origin = `http://127.0.0.1:${port}`
  await untilServing(origin)
  return {
    ...{ ...started, origin, small: '/~/api/get_file_list?uri=/up/', headers: {} },
    upload: { method: 'PUT', path: (name) => `/up/${name}` },
  }
}

const agent = new Agent({ keepAlive: true })

/** Milliseconds. */
function ask({ origin, small, headers }: Product): Promise<number> {
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const asked = request(origin + small, { agent, headers }, (reply) => {
      if (reply.statusCode !== 200) reject(new Error(`${small}: ${reply.statusCode}`))
      reply.resume().once('end', () => resolve(performance.now() - startedAt))
    })
    asked.once('error', reject).end()
  })
}

async function upload({ origin, headers, upload }: Product, source: string, name: string) {
  const { method, path } = upload
  const sent = request(origin + path(name), { method, headers })
  const answered = once(sent, 'response')
  await pipeline(createReadStream(source), sent)
  const [reply] = await answered
  reply.resume()
  if (reply.statusCode >= 300) throw new Error(`${name}: ${reply.statusCode}`)
}

async function residentMegabytes({ pid }: Product): Promise<number> {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

async function measure(product: Product, source: string): Promise<string[]> {
  await pause(5_000)
  const idle = await residentMegabytes(product)
  for (let count = 0; count < 200; count += 1) await ask(product)
  let isOver = false
  const uploads = Promise.all(['a', 'b', 'c'].map((name) => upload(product, source, name))).finally(
    () => {
      isOver = true
    },
  )
  const times: number[] = []
  while (!isOver) {
    times.push(await ask(product))
    await pause(5)
  }
  await uploads
  times.sort((one, other) => one - other)
  const at = (part: number) => (times[Math.floor(times.length * part)] ?? 0).toFixed(1)
  await pause(5_000)
  const after = await residentMegabytes(product)
  return [product.name, idle.toFixed(0), after.toFixed(0), at(0.5), at(0.99), `${times.length}`]
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-'))
const source = join(folder.path, 'source.bin')
await writeBytes(source, megabytes)
process.stdout.write(
  `three uploads of ${megabytes} MiB beside small requests, one after another\n\n`,
)
process.stdout.write('| server | idle, MB | afterwards, MB | p50, ms | p99, ms | requests |\n')
process.stdout.write('| --- | --- | --- | --- | --- | --- |\n')
for (const begin of [startProduct, startHfs]) {
  await using product = await begin(folder.path)
  process.stdout.write(`| ${(await measure(product, source)).join(' | ')} |\n`)
}
agent.destroy()
