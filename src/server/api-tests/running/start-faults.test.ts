import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmod,
  mkdir,
  mkdtempDisposable,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test, vi } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { filesReply } from '#contract/files.ts'
import { readSessionSecret } from '#server/account/web-session/session-secret.ts'
import { ConfigError, readConfig } from '#server/core/config.ts'
import { buildServer } from '#server/start/build-server.ts'
import { type Disk, systemDisk } from '#server/storage/disk/disk.ts'
import { lockDataFolder } from '#server/storage/sqlite/folder-lock.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'

const freshFolder = () => mkdtempDisposable(join(tmpdir(), 'barkeep-start-'))
const isRoot = process.getuid?.() === 0

/** What a start that must not happen says to the owner: one line. */
async function refusedStart(dataFolder: string): Promise<string> {
  const config = readConfig({
    ...{ PORT: '0', BARKEEP_DATA: dataFolder, BARKEEP_LOG_LEVEL: 'silent' },
    BARKEEP_YT_DLP: '/not-looked-for',
  })
  const refused = buildServer(config).then((server) => server.close())
  const error = await refused.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ConfigError)
  const { message } = error as ConfigError
  expect(message).not.toContain('\n')
  return message
}

/** A disk of its own; the machine that runs the tests as another user has none to give. */
function mountDisk(folder: string, size: string): Disposable {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder])
  return { [Symbol.dispose]: () => execFileSync('umount', ['-l', folder]) }
}

const damages: [string, (file: string) => Promise<void>][] = [
  ['garbage', (file) => writeFile(file, 'no database at all '.repeat(999))],
  ['cut short', (file) => truncate(file, 20_000)],
  [
    'without its header',
    async (file) => {
      const bytes = await readFile(file)
      await writeFile(file, bytes.fill(0xff, 0, 100))
    },
  ],
  [
    'with a torn page',
    async (file) => {
      const bytes = await readFile(file)
      await writeFile(file, bytes.fill(0xa5, 4096, 5 * 4096))
    },
  ],
  ['without its table of users', (file) => dropTable(file, 'user')],
  ['without its table of keys', (file) => dropTable(file, 'api_key')],
]

async function dropTable(file: string, table: string): Promise<void> {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false })
  database.exec(`drop table ${table}`)
  database.close()
}

/** To the last page: what is written at once leaves some. */
async function fillDisk(folder: string): Promise<void> {
  await mkdir(folder)
  for (const bytes of [256_000, 4_096, 1]) {
    for (let count = 0; ; count += 1) {
      const path = join(folder, `${bytes}-${count}`)
      const isWritten = await writeFile(path, new Uint8Array(bytes)).then(
        () => true,
        () => false,
      )
      if (!isWritten) break
    }
  }
}

test.each(damages)(
  'a database that is %s is one clear line, and nothing is touched',
  async (...given) => {
    const [, damage] = given
    await using server = await startTestServer()
    await server.upload({ name: 'a.txt', bytes: 'x' })
    await server.end()
    const file = join(server.dataFolder, 'barkeep.db')
    await damage(file)
    const before = await everything(server.dataFolder)
    const said = await refusedStart(server.dataFolder)
    expect(said).toMatch(
      /^\S+barkeep\.db is damaged \([^\n]+\); nothing was changed\. Put a backup/,
    )
    // Looking at it may leave an empty log beside it.
    expect(await everything(server.dataFolder)).toMatchObject(before)
  },
)

/** Every file of the data folder with its hash. */
async function everything(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && entry.name !== 'server.lock')
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort()
  const bytes = paths.map(async (path) => [
    path,
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
  ])
  return Object.fromEntries(await Promise.all(bytes))
}

test('a database that another program holds is one clear line', async () => {
  await using server = await startTestServer()
  await server.end()
  using other = new DatabaseSync(join(server.dataFolder, 'barkeep.db'))
  other.exec('pragma locking_mode = exclusive; begin exclusive')
  expect(await refusedStart(server.dataFolder)).toMatch(/is locked by another program/)
})

test('a first start whose database another program writes to is one clear line', async () => {
  await using folder = await freshFolder()
  using other = new DatabaseSync(join(folder.path, 'barkeep.db'))
  other.exec('pragma journal_mode = wal; begin immediate')
  expect(await refusedStart(folder.path)).toMatch(/is locked by another program/)
})

test.runIf(isRoot)(
  'a full disk can be started on: reading goes on, and writing once there is room',
  async () => {
    await using folder = await freshFolder()
    using _disk = mountDisk(folder.path, '8m')
    await using server = await startTestServer({ config: { dataFolder: folder.path } })
    const upload = (name: string) => server.upload({ name, bytes: 'kept' })
    expect((await upload('a.txt')).status).toBe(200)
    await server.end()
    const fill = join(folder.path, 'fill')
    await fillDisk(fill)

    await server.start()
    expect(server.server.found.join()).toMatch(/^The disk of \S+ is full/)
    const page = await server.get('/api/v1/files')
    const [file] = filesReply.parse(await page.json()).files
    const link = file?.link.replace(/^.*(?=\/share)/, server.origin) ?? ''
    expect(await (await fetch(link)).text()).toBe('kept')
    const refused = await upload('b.txt')
    expect(refused.status).toBe(503)
    expect(errorReply.parse(await refused.json()).code).toBe('unavailable')

    await rm(fill, { recursive: true })
    // The connection that needed no room is given up a second after it was opened, at the soonest.
    await vi.waitFor(async () => expect((await upload('b.txt')).status).toBe(200), {
      timeout: 30_000,
      interval: 300,
    })
    await server.end()
  },
)

test.runIf(isRoot)(
  'a first start on a full disk, and one on a disk that is read only, are one clear line',
  async () => {
    await using folder = await freshFolder()
    using _disk = mountDisk(folder.path, '1m')
    await fillDisk(join(folder.path, 'fill'))
    expect(await refusedStart(folder.path)).toContain(folder.path)
    execFileSync('mount', ['-o', 'remount,ro', folder.path])
    expect(await refusedStart(folder.path)).toMatch(/^The data folder \S+ cannot be used \(.*EROFS/)
  },
)

test.runIf(isRoot)(
  'where the blobs are on a disk of their own, uploads are staged there',
  async () => {
    await using server = await startTestServer()
    await server.end()
    const blobs = join(server.dataFolder, 'blobs')
    using _disk = mountDisk(blobs, '64m')
    await server.start()
    expect(server.server.found).toEqual([])
    await expectUploads(server)
    await server.restart()
    expect((await readdir(join(server.dataFolder, 'staging'))).length).toBe(0)
    await expectUploads(server)
    await server.end()
  },
)

async function expectUploads(server: TestServer): Promise<void> {
  const names = ['a.txt', 'b.txt', 'c.txt']
  for (const name of names) {
    expect((await server.upload({ name, bytes: name })).status).toBe(200)
  }
  const page = filesReply.parse(await (await server.get('/api/v1/files')).json())
  expect(page.files.map((file) => file.name)).toEqual(names)
}

test.each([
  ['create', 'EACCES'],
  ['syncFolder', 'EINVAL'],
] as const)(
  'a disk whose %s fails with %s is one clear line at the start, not at each upload',
  async (...given) => {
    const [call, code] = given
    const failure = Object.assign(new Error(`${code}: of the test`), {
      code,
      errno: -1,
      syscall: 'x',
    })
    const disk: Disk = { ...systemDisk, [call]: () => Promise.reject(failure) }
    await expect(startTestServer({ dependencies: { disk } })).rejects.toThrow(
      /^No file can be stored in \S+blobs \(E\w+: of the test\)\. [^\n]+$/,
    )
  },
)

test('a lock whose file is deleted still keeps a second server out', async () => {
  await using folder = await freshFolder()
  const told: string[] = []
  await using _lock = await lockDataFolder(folder.path, (message) => told.push(message))
  const path = join(folder.path, 'server.lock')
  for (let round = 1; round <= 3; round += 1) {
    await rm(path)
    await vi.waitFor(() => expect(told).toHaveLength(round), { timeout: 30_000, interval: 2 })
    expect(await refusedStart(folder.path)).toMatch(/^Another Barkeep server runs on /)
  }
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a lock whose file is another for a while is taken again once that is gone', async () => {
  await using folder = await freshFolder()
  const told: string[] = []
  await using _lock = await lockDataFolder(folder.path, (message) => told.push(message))
  const path = join(folder.path, 'server.lock')
  await writeFile(`${path}.other`, 'no lock at all '.repeat(99))
  await rename(`${path}.other`, path)
  const tells = (count: number) =>
    vi.waitFor(() => expect(told).toHaveLength(count), { timeout: 30_000, interval: 2 })
  await tells(1)
  expect(told[0]).toContain('cannot be made anew')
  await rm(path)
  await tells(2)
  expect(await refusedStart(folder.path)).toMatch(/^Another Barkeep server runs on /)
})

test.each([
  ['nothing', ''],
  ['a few characters', 'short'],
  ['a line break', '\n'],
  ['zeros, as a power cut may leave', '\0'.repeat(43)],
])('a session secret of %s is made anew, and told', async (_what, text) => {
  await using folder = await freshFolder()
  const path = join(folder.path, 'session-secret')
  const told: string[] = []
  const read = () => readSessionSecret(folder.path, (message) => told.push(message))
  const first = await read()
  await chmod(path, 0o644)
  expect(await read()).toBe(first)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(told).toEqual([])
  await writeFile(path, text)
  const second = await read()
  expect(second).toMatch(/^[\w-]{43}$/)
  expect(second).not.toBe(first)
  expect(told.join()).toMatch(/session-secret was empty, damaged or too short/)
  expect(await readdir(folder.path)).toEqual(['session-secret'])
})

test('a session secret that is a folder is one clear line', async () => {
  await using folder = await freshFolder()
  await mkdir(join(folder.path, 'session-secret'))
  expect(await refusedStart(folder.path)).toMatch(/^\S+session-secret can be neither read nor made/)
})
