import { resealCookies } from '#server/imports/cookies/site-cookies-repository.ts'
import { type MovedBlobs, moveBlobs } from '#server/storage/move/move-blobs.ts'
import { type Counts, moveRows } from '#server/storage/move/move-rows.ts'
import { type Arguments, CliFailure, wrongUsage } from './cli-arguments.ts'
import {
  type MoveSide,
  type MoveTarget,
  openSharedSide,
  openSourceFolder,
  openTargetFolder,
} from './move-sides.ts'
import type { ReadConfig } from './run-cli.ts'

/**
 * Copies everything from a data folder to PostgreSQL and a bucket, or back into a folder. Bytes come
 * first, each checked, and then all rows at once: begun anew after it broke off, it goes on. Nothing
 * changes where everything was. Resolves with what came.
 * @throws CliFailure, ConfigError where either cannot be used
 */
export async function move(
  given: Arguments,
  readConfig: ReadConfig,
  tell: (line: string) => void,
): Promise<string> {
  const { 'to-folder': folder, 'to-database': url, 'to-bucket': bucket } = given.options
  const isBack = folder !== undefined
  if (isBack === (url !== undefined || bucket !== undefined)) {
    throw wrongUsage('"move" needs --to-database and --to-bucket, or --to-folder.')
  }
  const config = readConfig({
    ...(url !== undefined && { BARKEEP_DATABASE_URL: url }),
    ...(bucket !== undefined && { BARKEEP_S3_BUCKET: bucket }),
    // A move serves nobody.
    ...{ BARKEEP_PUBLIC_URL: 'https://moving.invalid', BARKEEP_S3_REDIRECT: '' },
    ...{ BARKEEP_UPSTREAM: '' },
  })
  await using from = isBack
    ? await openSharedSide(config)
    : await openSourceFolder(config.dataFolder)
  await using to = isBack
    ? await openTargetFolder(folder, from.secret)
    : await openSharedSide(config, from.secret)
  return await moveAll(from, to, tell)
}

/** So often it is told how far it is. */
const toldMs = 2_000

async function moveAll(
  from: MoveSide,
  to: MoveTarget,
  tell: (line: string) => void,
): Promise<string> {
  await refuseUsed(to)
  let toldAt = performance.now()
  const bytes = await moveBlobs(from, to.blobs, (moved) => {
    if (performance.now() - toldAt < toldMs) return
    toldAt = performance.now()
    tell(`${bytesText(moved)} so far`)
  })
  const rows = await moveRows(from.database, to.database, {
    tell: (table, count) => tell(`${table}: ${count} rows`),
    async alongside(transaction) {
      const keys = { from: await from.readCookiesKey(), to: await to.readCookiesKey() }
      await resealCookies(transaction, keys)
      await to.alongside?.(transaction)
    },
  })
  await to.finish?.()
  const done = `Moved ${bytesText(bytes)}, ${rowsText(rows)}.`
  if (bytes.damaged.length === 0) return done
  throw new CliFailure(
    1,
    `${done} But the bytes of ${bytes.damaged.length} are missing or damaged where they were, and did not come: ${bytes.damaged.slice(0, 10).join(', ')}${bytes.damaged.length > 10 ? ', …' : ''}.`,
  )
}

/** Before a byte goes there. */
async function refuseUsed({ database }: MoveSide): Promise<void> {
  const found = await database.selectFrom('user').select('id').limit(1).executeTakeFirst()
  if (found) {
    throw new CliFailure(
      1,
      'There are accounts already in the database that everything is to go to: name an empty one.',
    )
  }
}

function bytesText({ blobs, bytes, before }: MovedBlobs): string {
  const known = before === 0 ? '' : `, ${before} of which had come before`
  return `${blobs} stored files (${(bytes / 1e6).toFixed(1)} MB${known})`
}

function rowsText(rows: Counts): string {
  const count = (table: string, one: string, many: string) =>
    `${rows[table] ?? 0} ${rows[table] === 1 ? one : many}`
  return [
    count('user', 'account', 'accounts'),
    count('api_key', 'key', 'keys'),
    count('folder', 'folder', 'folders'),
    `${count('file', 'file', 'files')} in them and in the trash`,
  ].join(', ')
}
