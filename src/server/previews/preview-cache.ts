import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Small files that can be made again, by name, with a bound on what they take of the disk. */
export type PreviewCache = {
  /** Null where it is not there, or cannot be read. */
  read(name: string): Promise<Buffer | null>
  /** What was used longest ago makes room. Never throws: without a cache it only takes longer. */
  write(name: string, bytes: Uint8Array): Promise<void>
  /** Counts what is there, deletes what was half written, and what is over the bound. */
  open(): Promise<void>
}

type CacheOptions = {
  /** Ours alone; may be deleted whole at any time. */
  folder: string
  maxBytes: number
  /** Throws where the disk has no room to spare. */
  ensureFreeSpace(bytes: number): Promise<void>
  warn(error: unknown): void
}

/** Names begin with a SHA-256, whose first two letters are the folder. */
const cachedName = /^[0-9a-f]{64}-[a-z]+\.[a-z]+$/
const partName = /^[0-9a-f]{64}-[a-z]+\.[a-z]+\.[0-9a-f-]{36}\.part$/
const blockBytes = 4096
/** Noting every use would write for every read. */
const noteUseAfterMs = 60 * 60 * 1000

type Entry = { bytes: number; usedAt: number }

/** A folder of the disk. Which was used last is known by the times of its files. */
export function createPreviewCache(options: CacheOptions): PreviewCache {
  const { folder, maxBytes, ensureFreeSpace, warn } = options
  const kept = new KeptEntries()
  let opened: Promise<void> | null = null
  let hasWarned = false

  async function makeRoom(bytes: number): Promise<void> {
    while (kept.total + bytes > maxBytes) {
      const oldest = kept.takeOldest()
      if (oldest === null) return
      await rm(pathOf(folder, oldest), { force: true })
    }
  }

  async function survey(): Promise<void> {
    const found = await findEntries(folder)
    found.sort(([, one], [, other]) => one.usedAt - other.usedAt)
    for (const [name, entry] of found) kept.note(name, entry)
    await makeRoom(0)
  }

  function open(): Promise<void> {
    opened ??= survey().catch((error) => {
      opened = null
      warn(error)
    })
    return opened
  }

  async function writeNew(name: string, bytes: Uint8Array, size: number): Promise<void> {
    const path = pathOf(folder, name)
    const part = `${path}.${randomUUID()}.part`
    try {
      await ensureFreeSpace(size)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await writeFile(part, bytes, { mode: 0o600 })
      kept.forget(name)
      await makeRoom(size)
      kept.note(name, { bytes: size, usedAt: Date.now() })
      await rename(part, path)
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined)
      kept.forget(name)
      throw error
    }
  }

  return {
    open,
    async read(name) {
      const path = pathOf(folder, name)
      const bytes = await readFile(path).catch(() => null)
      const now = Date.now()
      if (bytes === null) kept.forget(name)
      else if (kept.use(name, now)) void utimes(path, now / 1000, now / 1000).catch(() => undefined)
      return bytes
    },
    async write(name, bytes) {
      const size = onDisk(bytes.length)
      if (size > maxBytes) return
      await open()
      await writeNew(name, bytes, size).catch((error) => {
        if (!hasWarned) warn(error)
        hasWarned = true
      })
    },
  }
}

/** What is kept, in the order of its use: the oldest first. */
class KeptEntries {
  total = 0
  readonly #entries = new Map<string, Entry>()

  note(name: string, entry: Entry): void {
    this.forget(name)
    this.#entries.set(name, entry)
    this.total += entry.bytes
  }

  /** Whether it is long ago that its use was noted on the disk. */
  use(name: string, now: number): boolean {
    const entry = this.#entries.get(name)
    if (!entry) return false
    const isLongAgo = now - entry.usedAt > noteUseAfterMs
    this.note(name, isLongAgo ? { ...entry, usedAt: now } : entry)
    return isLongAgo
  }

  forget(name: string): void {
    this.total -= this.#entries.get(name)?.bytes ?? 0
    this.#entries.delete(name)
  }

  takeOldest(): string | null {
    const [oldest = null] = this.#entries.keys()
    if (oldest !== null) this.forget(oldest)
    return oldest
  }
}

/** Deletes on the way what was half written. */
async function findEntries(folder: string): Promise<[string, Entry][]> {
  const found: [string, Entry][] = []
  const shards = (await namesIn(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name))
  for (const shard of shards) {
    for (const name of await namesIn(join(folder, shard))) {
      const path = join(folder, shard, name)
      if (partName.test(name)) await rm(path, { force: true })
      const file = cachedName.test(name) ? await stat(path).catch(() => null) : null
      if (file) found.push([name, { bytes: onDisk(file.size), usedAt: file.mtimeMs }])
    }
  }
  return found
}

function pathOf(folder: string, name: string): string {
  return join(folder, name.slice(0, 2), name)
}

function onDisk(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / blockBytes)) * blockBytes
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
}
