import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'

// The servers that bench/uploads and bench/downloads compare, each a process of its own.

type Nginx = { origin: string; stored: string } & AsyncDisposable
type Barkeep = Started & { data: string }

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await once(server.close(), 'close')
  return port
}

/** `settings` empty: as it comes, with bodies through a buffer of 16 KiB. PUT by its dav module. */
export async function startNginx(folder: string, settings = ''): Promise<Nginx> {
  const port = await freePort()
  const stored = join(folder, 'nginx-stored')
  await mkdir(stored, { recursive: true })
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; user root;
     events {}
     http {
       access_log off; client_max_body_size 0; sendfile on; tcp_nopush off;
       client_body_temp_path ${folder}/nginx-body; ${settings}
       server { listen 127.0.0.1:${port}; root ${stored}; location / { dav_methods PUT; } }
     }`,
  )
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: 'inherit',
  })
  return {
    origin: `http://127.0.0.1:${port}`,
    stored,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** "bare": without fsync and hash. `project` is the checkout whose server it is. */
export async function startBarkeep(
  folder: string,
  mode: 'whole' | 'bare',
  project = join(import.meta.dirname, '..'),
): Promise<Barkeep> {
  const data = join(folder, `barkeep-${mode}`)
  const script = join(project, 'bench/barkeep-server.ts')
  return { ...(await startScript(script, [data, mode])), data }
}

/** The listing of `database` by node:http and node:sqlite alone. */
export function startBareListing(database: string): Promise<Started> {
  return startScript(join(import.meta.dirname, 'bare-listing-server.ts'), [database])
}

type Started = { origin: string; key: string; pid: number } & AsyncDisposable

async function startScript(script: string, args: string[]): Promise<Started> {
  const child = spawn(process.execPath, ['--max-semi-space-size=4', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${script} ended before it served.`)
  })
  const [line] = await Promise.race([once(child.stdout, 'data'), ended])
  ended.catch(() => {})
  const { origin, key } = JSON.parse(String(line)) as { origin: string; key: string }
  return {
    ...{ origin, key, pid: child.pid ?? 0 },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

export async function writeBytes(path: string, megabytes: number): Promise<void> {
  await using file = await open(path, 'w')
  const block = Buffer.alloc(1024 * 1024)
  for (let index = 0; index < megabytes; index += 1) {
    block.fill(index % 251)
    await file.write(block)
  }
}

export function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0
}
