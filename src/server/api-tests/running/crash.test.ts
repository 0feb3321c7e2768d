import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, mkdtempDisposable, readdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFailed, test, vi } from 'vitest'
import { filesReply, type ListedFile } from '#contract/files.ts'
import { type UploadReply, uploadBatchReply, uploadReply } from '#contract/uploads.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'
import {
  beginAt,
  fileOf,
  offsetOf,
  sendPart,
  sha256,
  type TusTarget,
} from '#server/testing/tus-client.ts'

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.flatMap((entry) => (entry.isFile() ? join(entry.parentPath, entry.name) : []))
}

async function listAll(origin: string, key: string): Promise<ListedFile[]> {
  const files: ListedFile[] = []
  for (let offset = 0; ; ) {
    const reply = await fetch(`${origin}/api/v1/files?offset=${offset}`, {
      headers: { authorization: `Bearer ${key}` },
    })
    const page = filesReply.parse(await reply.json())
    files.push(...page.files)
    if (!page.has_more) return files
    offset = page.next_offset
  }
}

/** Uploads one file after the other until the server is gone; `note` is told those it said 200 to. */
async function uploadUntilGone(
  at: { origin: string; key: string; name: string },
  note: (name: string, sha256: string) => void,
): Promise<void> {
  for (let count = 0; ; count += 1) {
    // From nothing to a few writes long, so that kills fall into every step.
    const bytes = randomBytes((count * 350_003) % 3_000_000)
    const url = `${at.origin}/api/v1/upload?filename=${at.name}-${count}`
    const headers = { authorization: `Bearer ${at.key}` }
    const sent: UploadReply | null = await fetch(url, { method: 'POST', body: bytes, headers })
      .then(async (reply) => uploadReply.parse(await reply.json()))
      .catch(() => null)
    if (sent === null) return
    note(sent.file_name, sha256(bytes))
  }
}

/** The same with forms of many files. */
async function uploadFormsUntilGone(
  at: { origin: string; key: string; name: string },
  note: (name: string, sha256: string) => void,
): Promise<void> {
  for (let count = 0; ; count += 1) {
    const files = Array.from({ length: 1 + ((count * 17) % 60) }, (_, index) => ({
      name: `${at.name}-${count}-${index}`,
      bytes: randomBytes((count * 7_001 + index * 977) % 40_000),
    }))
    const body = new FormData()
    for (const { name, bytes } of files) body.append('file', new Blob([bytes]), name)
    const headers = { authorization: `Bearer ${at.key}` }
    const url = `${at.origin}/api/v1/upload/batch`
    const sent = await fetch(url, { method: 'POST', body, headers })
      .then(async (reply) => uploadBatchReply.parse(await reply.json()))
      .catch(() => null)
    if (sent === null) return
    for (const [index, { name, bytes }] of files.entries()) {
      expect(sent.results[index]).toMatchObject({ file: { file_name: name, size: bytes.length } })
      note(name, sha256(bytes))
    }
  }
}

type PartlySent = { at: string; name: string; bytes: Uint8Array<ArrayBuffer>; acknowledged: number }

/** The same in parts; leaves in `open` the one that it could not finish, where its address was told. */
async function uploadPartsUntilGone(
  at: { origin: string; key: string; name: string },
  note: (name: string, sha256: string) => void,
  open: PartlySent[],
): Promise<void> {
  for (let count = 0; ; count += 1) {
    const name = `${at.name}-${count}`
    const bytes = new Uint8Array(randomBytes(1 + ((count * 700_001) % 4_000_000)))
    const address = await beginAt(at, { name, size: bytes.length }).catch(() => null)
    if (address === null) return
    const sent: PartlySent = { at: address, name, bytes, acknowledged: 0 }
    if (!(await sendParts(at, sent))) {
      open.push(sent)
      return
    }
    note(name, sha256(bytes))
  }
}

/** Sends what is left in parts of a megabyte; false where the server is gone. */
async function sendParts(to: TusTarget, sent: PartlySent): Promise<boolean> {
  while (sent.acknowledged < sent.bytes.length) {
    const offset = sent.acknowledged
    const bytes = sent.bytes.slice(offset, offset + 1_000_000)
    const reply = await sendPart(to, sent.at, { offset, bytes }).catch(() => null)
    if (reply === null) return false
    expect(reply.status).toBe(204)
    sent.acknowledged = Number(reply.headers.get('upload-offset'))
    if (sent.acknowledged === sent.bytes.length) {
      expect(fileOf(reply)).toMatchObject({ file_name: sent.name, sha256: sha256(sent.bytes) })
    }
  }
  return true
}

/** Leaves an upload half done, so that every kill has something to leave behind. */
async function startHalfAnUpload(origin: string, key: string, dataFolder: string): Promise<void> {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.write(
    `POST /api/v1/upload?filename=half HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nContent-Length: 9000000\r\n\r\n`,
  )
  socket.write(randomBytes(3_000_000))
  const staging = join(dataFolder, 'staging')
  await vi.waitFor(async () => expect(await filesIn(staging)).not.toEqual([]), { timeout: 30_000 })
}

/** From 0 to 1 for each round. A failure prints the seed: put it here to have its moments again. */
function randomMoments(): (round: number) => number {
  const seed = randomUUID() as string
  onTestFailed(() => void process.stderr.write(`seed of the moments: ${seed}\n`))
  return (round) =>
    createHash('sha256').update(`${seed} ${round}`).digest().readUInt32BE() / 2 ** 32
}

test('kill -9 at any moment loses nothing that was acknowledged and leaves nothing half', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-crash-'))
  const settings = { BARKEEP_DATA: folder.path, BARKEEP_RATE_LIMIT: '1000000' }
  const acknowledged = new Map<string, string>()
  const open: PartlySent[] = []
  const momentOf = randomMoments()
  let key = ''

  for (let round = 0; round < 5; round += 1) {
    await using server = startServerProcess(settings)
    const origin = await server.origin
    if (round === 0) key = await server.firstKey
    await startHalfAnUpload(origin, key, folder.path)
    const first = Promise.withResolvers<void>()
    const note = (name: string, hash: string) => {
      acknowledged.set(name, hash)
      first.resolve()
    }
    const writers = [1, 2, 3].map((writer) =>
      uploadUntilGone({ origin, key, name: `round-${round}-${writer}` }, note),
    )
    writers.push(uploadFormsUntilGone({ origin, key, name: `forms-${round}` }, note))
    writers.push(uploadPartsUntilGone({ origin, key, name: `parts-${round}` }, note, open))
    // Sooner, and on a busy machine there would be nothing that the kill could lose.
    await first.promise
    await pause(momentOf(round) * 400)
    await server.end('SIGKILL')
    await Promise.all(writers)
    // The control: the kill did leave something for the next start to take away.
    expect(await filesIn(join(folder.path, 'staging'))).not.toEqual([])
  }

  await using server = startServerProcess(settings)
  const origin = await server.origin
  for (const sent of open) {
    // As much is there as was acknowledged, or more, and the rest goes behind it.
    const offset = await offsetOf({ origin, key }, sent.at)
    expect(offset).toBeGreaterThanOrEqual(sent.acknowledged)
    sent.acknowledged = offset
    expect(await sendParts({ origin, key }, sent)).toBe(true)
    acknowledged.set(sent.name, sha256(sent.bytes))
  }
  const staged = await filesIn(join(folder.path, 'staging'))
  // Uploads in parts whose address never reached their client.
  expect(staged.filter((path) => !path.endsWith('.partial'))).toEqual([])
  expect(open.length + staged.length).toBeLessThanOrEqual(5)
  const listed = await listAll(origin, key)
  expect(acknowledged.size).toBeGreaterThanOrEqual(5)
  const found = new Map(listed.map((file) => [file.name, file]))
  for (const name of acknowledged.keys()) expect(found.has(name)).toBe(true)
  for (const file of listed) {
    const bytes = await (await fetch(file.link.replace(/^.*(?=\/share)/, origin))).bytes()
    expect(bytes.length).toBe(file.size)
    // What was on its way when the kill came may be listed, but then it is whole: its ETag is its hash.
    const known = acknowledged.get(file.name)
    if (known !== undefined) expect(sha256(bytes)).toBe(known)
  }
  expect(await filesIn(join(folder.path, 'blobs'))).toHaveLength(listed.length)
}, 300_000)

test('a start clears up what a crash left and nothing else', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-sweep-'))
  const settings = { BARKEEP_DATA: folder.path }
  let key = ''
  {
    await using server = startServerProcess(settings)
    const origin = await server.origin
    key = await server.firstKey
    await uploadNamed('kept', { origin, key })
    await server.end('SIGKILL')
  }
  const blobs = join(folder.path, 'blobs')
  const shard = (await readdir(blobs)).find((name) => !name.startsWith('.')) ?? ''
  const blobLike = `${shard}${randomUUID().slice(2)}`
  await writeFile(join(folder.path, 'staging', `${randomUUID()}.part`), 'half')
  await writeFile(join(blobs, shard, blobLike), 'x')
  // In its place, but not listed yet: then its staged name is still there.
  const [staged, unlisted] = [`${randomUUID()}.part`, `${shard}${randomUUID().slice(2)}`]
  await writeFile(join(folder.path, 'staging', staged), 'y')
  await link(join(folder.path, 'staging', staged), join(blobs, shard, unlisted))
  await mkdir(join(folder.path, 'work', randomUUID()))
  const foreign = [
    join(blobs, 'notes of the owner.txt'),
    // Where a folder of blobs would be, and what is named like a blob but cannot be one.
    join(blobs, shard === '00' ? '01' : '00'),
    join(blobs, shard, `${shard === '00' ? '01' : '00'}${blobLike.slice(2)}`),
    join(blobs, shard, `${shard}${randomUUID().slice(2)}`, 'inside'),
    join(folder.path, 'staging', 'mine.part'),
    join(folder.path, 'staging', `${randomUUID()}.part`, 'inside'),
    join(folder.path, 'work', randomUUID()),
  ]
  for (const path of foreign) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, 'mine')
  }

  await using server = startServerProcess(settings)
  const listed = await listAll(await server.origin, key)
  expect(listed.map((file) => file.name)).toEqual(['kept'])
  const left = ['blobs', 'staging', 'work'].map((name) => filesIn(join(folder.path, name)))
  const all = (await Promise.all(left)).flat()
  expect(all).toEqual(expect.arrayContaining(foreign))
  expect(all).toHaveLength(foreign.length + 1)
  expect(await readdir(join(folder.path, 'work'))).toHaveLength(1)
  // Beside what nobody knows anything of, nothing that is set aside may ever be deleted.
  const names = (await filesIn(join(folder.path, 'lost+found'))).map((path) => basename(path))
  expect(names.sort()).toEqual([blobLike, unlisted].sort())
})

/** Uploads a file whose bytes are its name. */
async function uploadNamed(
  name: string,
  to: { origin: string; key: string; path?: string; headers?: Record<string, string> },
): Promise<UploadReply> {
  const query = new URLSearchParams({ filename: name, path: to.path ?? '/' })
  const reply = await fetch(`${to.origin}/api/v1/upload?${query}`, {
    method: 'POST',
    body: name,
    headers: { authorization: `Bearer ${to.key}`, ...to.headers },
  })
  return uploadReply.parse(await reply.json())
}
