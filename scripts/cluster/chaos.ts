import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { filesReply } from '#contract/files.ts'
import type { Cluster } from './start-cluster.ts'

/** What a run of writers, readers and a killer found. Nothing of `lost`, `twice` and `wrong` may be there. */
export type ChaosReport = {
  /** Uploads that were answered with 200, and files that nobody was told of, which may be there or not. */
  acknowledged: number
  abandoned: number
  reads: number
  kills: number
  /** Answers 503 and broken connections, of which each was tried again. */
  failedWrites: number
  failedReads: number
  /** Acknowledged and not listed, or not whole. */
  lost: string[]
  /** Listed more than once. */
  twice: string[]
  /** Answers that nobody can explain by a server that died. */
  wrong: string[]
}

type Options = {
  seconds: number
  /** One is back before the next is killed. */
  killEveryMs: number
  writers: number
  readers: number
}

type Sent = { name: string; folder: string; bytes: number; sha256: string; link: string }

const limitOfPage = 1000

/** Small ones, and now and then one of several parts. */
function sizeOf(turn: number): number {
  if (turn % 25 === 24) return 18_000_000 + turn
  return turn % 5 === 4 ? 400_000 + turn : 2_000 + turn
}

/**
 * Writers upload and try again what fails under the same Idempotency-Key, readers compare what they get
 * with what was sent, and meanwhile one server after the other is killed and comes back.
 */
export async function runChaos(cluster: Cluster, options: Options): Promise<ChaosReport> {
  const run = new ChaosRun(cluster, options)
  const work = [
    run.kill(),
    ...Array.from({ length: options.writers }, (_, index) => run.write(index)),
    ...Array.from({ length: options.readers }, () => run.read()),
  ]
  await Promise.race([pause(options.seconds * 1000), Promise.all(work)])
  run.isOver = true
  await Promise.all(work)
  await run.compareListings()
  return run.report
}

class ChaosRun {
  readonly report: ChaosReport = {
    ...{ acknowledged: 0, abandoned: 0, reads: 0, kills: 0, failedWrites: 0, failedReads: 0 },
    ...{ lost: [], twice: [], wrong: [] },
  }
  isOver = false
  readonly #cluster: Cluster
  readonly #options: Options
  readonly #headers: Record<string, string>
  readonly #folder = `/chaos-${randomUUID().slice(0, 8)}/`
  readonly #sent: Sent[] = []

  constructor(cluster: Cluster, options: Options) {
    this.#cluster = cluster
    this.#options = options
    this.#headers = { authorization: `Bearer ${cluster.signIn.key}` }
  }

  async write(writer: number): Promise<void> {
    const path = `${this.#folder}w${writer}/`
    for (let turn = 0; !this.isOver; turn += 1) {
      const bytes = randomBytes(sizeOf(turn))
      const name = `${turn}.bin`
      // Who gives up after a failure has been told nothing: the file may be there, whole, or not.
      const link = await this.#upload(path, name, bytes, turn % 10 === 9)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      if (link !== null) this.#sent.push({ name, folder: path, bytes: bytes.length, sha256, link })
    }
  }

  async #upload(path: string, name: string, body: Buffer<ArrayBuffer>, givesUp: boolean) {
    const query = new URLSearchParams({ filename: name, path })
    const headers = { ...this.#headers, 'idempotency-key': randomUUID() }
    const { report } = this
    for (;;) {
      const url = `${this.#cluster.origin}/api/v1/upload?${query}`
      const reply = await ask(url, { method: 'POST', headers, body })
      if (reply?.status === 200) {
        report.acknowledged += 1
        return ((await reply.json()) as { link: string }).link
      }
      report.failedWrites += 1
      if (reply !== null && reply.status !== 503) {
        report.wrong.push(`upload of ${path}${name}: ${reply.status} ${await reply.text()}`)
      }
      if (givesUp) {
        report.abandoned += 1
        return null
      }
      await pause(200)
    }
  }

  async read(): Promise<void> {
    while (!this.isOver) {
      const file = this.#sent[Math.floor(Math.random() * this.#sent.length)]
      if (file === undefined) await pause(50)
      else if (await this.#compare(file)) this.report.reads += 1
      else this.report.failedReads += 1
    }
  }

  /** False where nothing could be read just now. */
  async #compare({ name, folder: path, sha256, link }: Sent): Promise<boolean> {
    const reply = await ask(link)
    if (reply === null || reply.status === 503) return false
    const { wrong } = this.report
    if (reply.status !== 200) {
      wrong.push(`${path}${name}: ${reply.status}`)
      return true
    }
    const body = await reply.bytes().catch(() => null)
    if (body === null) return false
    const isSame = createHash('sha256').update(body).digest('hex') === sha256
    if (!isSame) wrong.push(`${path}${name}: other bytes`)
    return true
  }

  async #comparePatiently(file: Sent): Promise<boolean> {
    for (let tries = 0; tries < 20; tries += 1) {
      if (await this.#compare(file)) return true
      await pause(500)
    }
    return false
  }

  async kill(): Promise<void> {
    const { servers } = this.#cluster
    for (let turn = 0; ; turn += 1) {
      for (let left = this.#options.killEveryMs; left > 0 && !this.isOver; left -= 100) {
        await pause(Math.min(100, left))
      }
      const server = servers[turn % servers.length]
      if (this.isOver || server === undefined) return
      await server.end('SIGKILL')
      this.report.kills += 1
      await server.start()
    }
  }

  async compareListings(): Promise<void> {
    const { lost, twice } = this.report
    const listed = new Map<string, Listed[]>()
    for (const [at, file] of await this.#listAll())
      listed.set(at, [...(listed.get(at) ?? []), file])
    for (const [at, files] of listed) {
      // Who sends again after a lost answer must not get a second one, nor one beside the first.
      if (files.length > 1 || !/\/\d+\.bin$/.test(at)) twice.push(at)
    }
    for (const file of this.#sent) {
      const at = file.folder + file.name
      const [found] = listed.get(at) ?? []
      const isThere = found?.size === file.bytes && found.link === file.link
      if (!isThere || !(await this.#comparePatiently(file))) lost.push(at)
    }
  }

  async #listAll(): Promise<[at: string, file: Listed][]> {
    const all: [string, Listed][] = []
    for (let writer = 0; writer < this.#options.writers; writer += 1) {
      const path = `${this.#folder}w${writer}/`
      const files = await listAll(this.#cluster.origin, this.#headers, path)
      all.push(...files.map((file): [string, Listed] => [path + file.name, file]))
    }
    return all
  }
}

type Listed = { name: string; size: number; link: string }

async function listAll(
  origin: string,
  headers: Record<string, string>,
  path: string,
): Promise<Listed[]> {
  const all: Listed[] = []
  for (let offset = 0; ; offset += limitOfPage) {
    const query = new URLSearchParams({ path, limit: `${limitOfPage}`, offset: `${offset}` })
    const reply = await fetch(`${origin}/api/v1/files?${query}`, { headers })
    const { files } = filesReply.parse(await reply.json())
    all.push(...files)
    if (files.length < limitOfPage) return all
  }
}

/** Null where the connection broke. */
async function ask(url: string, init?: RequestInit): Promise<Response | null> {
  return await fetch(url, init).catch(() => null)
}
