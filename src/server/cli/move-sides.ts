import { copyFile, mkdtemp, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Transaction } from 'kysely'
import { readSessionSecret } from '#server/account/web-session/session-secret.ts'
import type { Config } from '#server/core/config.ts'
import { createLocks } from '#server/core/locks.ts'
import { deriveCookiesKey, readOrMakeCookiesKey } from '#server/imports/cookies/cookies-key.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import { systemDisk } from '#server/storage/disk/disk.ts'
import { openDiskBlobs } from '#server/storage/disk/disk-blobs.ts'
import { createFileHasher } from '#server/storage/disk/file-hasher.ts'
import { openStoreFolders } from '#server/storage/disk/store-folders.ts'
import { lockDataFolder, prepareDataFolder } from '#server/storage/sqlite/folder-lock.ts'
import { databaseFile, openDatabase } from '#server/storage/sqlite/open-sqlite.ts'
import type { Tables } from '#server/storage/tables.ts'
import { CliFailure } from './cli-arguments.ts'

/** Where everything is, or is to go. Disposing it closes all. */
export type MoveSide = AsyncDisposable & {
  database: Database
  blobs: BlobStore
  /** What signs the cookies of web sessions. */
  secret: string
  readCookiesKey(): Promise<Buffer>
}

/** One that was empty, and takes over the secret of where everything was. */
export type MoveTarget = MoveSide & {
  /** What is written with the rows. */
  alongside?(transaction: Transaction<Tables>): Promise<void>
  /** Once all bytes and rows are there: from then on a server starts on it. */
  finish?(): Promise<void>
}

/** A data folder whose server is stopped. Its database is read from a copy, so that nothing there changes. */
export async function openSourceFolder(dataFolder: string): Promise<MoveSide> {
  const file = databaseFile(dataFolder)
  if (!(await sizeOf(file))) throw new CliFailure(1, `${dataFolder} holds no Barkeep data.`)
  await using opened = new AsyncDisposableStack()
  const blobs = await openFolder(dataFolder, opened)
  const copies = await mkdtemp(join(tmpdir(), 'barkeep-move-'))
  opened.defer(() => rm(copies, { recursive: true }))
  // With the log of a server that was killed. Opening the original, even to read it, would make files there.
  for (const end of ['', '-wal']) {
    if ((await sizeOf(`${file}${end}`)) === 0) continue
    await copyFile(`${file}${end}`, `${databaseFile(copies)}${end}`)
  }
  const database = await openDatabase(databaseFile(copies))
  opened.defer(() => database.destroy())
  const secret = await readSessionSecret(dataFolder, () => {})
  return sideOf(opened, {
    ...{ database, blobs, secret },
    readCookiesKey: () => readOrMakeCookiesKey(dataFolder),
  })
}

/** A folder without data. Until all is there it has no database, and no server starts on it. */
export async function openTargetFolder(folder: string, secret: string): Promise<MoveTarget> {
  await using opened = new AsyncDisposableStack()
  const dataFolder = await prepareDataFolder(folder)
  if (await sizeOf(databaseFile(dataFolder))) {
    throw new CliFailure(1, `${dataFolder} holds Barkeep data already: name a new folder.`)
  }
  const blobs = await openFolder(dataFolder, opened)
  const draft = join(dataFolder, 'moving.db')
  for (const end of ['', '-wal', '-shm']) await rm(`${draft}${end}`, { force: true })
  const database = await openDatabase(draft)
  const closing = opened.use({ [Symbol.asyncDispose]: () => database.destroy() })
  return {
    ...sideOf(opened, {
      ...{ database, blobs, secret },
      readCookiesKey: () => readOrMakeCookiesKey(dataFolder),
    }),
    async finish() {
      // Closed, it is whole without its log.
      await closing[Symbol.asyncDispose]()
      await writeFile(join(dataFolder, 'session-secret'), secret, { mode: 0o600, flush: true })
      await using file = await open(draft)
      await file.sync()
      await rename(draft, databaseFile(dataFolder))
      await systemDisk.syncFolder(dataFolder)
    },
  }
}

async function openFolder(dataFolder: string, opened: AsyncDisposableStack): Promise<BlobStore> {
  opened.use(await lockDataFolder(dataFolder, () => {}))
  const hasher = createFileHasher()
  opened.defer(() => hasher.close())
  const folders = await openStoreFolders(dataFolder, systemDisk)
  return await openDiskBlobs({ dataFolder, folders, disk: systemDisk, hasher })
}

/** PostgreSQL and a bucket, as servers use them; with the secret of where everything was, as a target. */
export async function openSharedSide(
  { database: connect, bucket: settings, sessionSecret }: SharedConfig,
  taken: string | null = null,
): Promise<MoveTarget> {
  if (connect === null || settings === null) {
    throw new CliFailure(2, 'A move needs both a database and a bucket: see ./barkeep --help')
  }
  const { openPostgres } = await import('#server/storage/postgres/open-postgres.ts')
  const { readSharedSecret, takeOverSecret } = await import(
    '#server/storage/postgres/shared-settings.ts'
  )
  const { openBucketBlobs, openTriedBucket } = await import(
    '#server/storage/s3/open-bucket-blobs.ts'
  )
  await using opened = new AsyncDisposableStack()
  const bucket = await openTriedBucket(settings)
  const early = opened.adopt(bucket, () => bucket.close())
  const database = await openPostgres(connect)
  opened.defer(() => database.destroy())
  const hasher = createFileHasher()
  opened.defer(() => hasher.close())
  const dataFolder = await mkdtemp(join(tmpdir(), 'barkeep-move-'))
  opened.defer(() => rm(dataFolder, { recursive: true }))
  const blobs = await openBucketBlobs({
    ...{ bucket: early, database, dataFolder, hasher, disk: systemDisk, locks: createLocks() },
    ...{ isAlone: false, isRedirecting: false, warn() {}, endLeftovers: async () => {} },
  })
  opened.defer(() => blobs.close())
  const secret = sessionSecret ?? taken ?? (await readSharedSecret(database))
  return {
    ...sideOf(opened, {
      ...{ database, blobs, secret },
      readCookiesKey: async () => deriveCookiesKey(secret),
    }),
    alongside: (transaction) => takeOverSecret(transaction, secret),
  }
}

type SharedConfig = Pick<Config, 'database' | 'bucket' | 'sessionSecret'>

function sideOf(
  opened: AsyncDisposableStack,
  side: Omit<MoveSide, keyof AsyncDisposable>,
): MoveSide {
  const kept = opened.move()
  return { ...side, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}
