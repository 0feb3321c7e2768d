import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '#server/core/config.ts'
import { buildServer } from '#server/start/build-server.ts'
import { databaseFile } from '#server/storage/sqlite/open-sqlite.ts'
import { makeApiKeyFor } from './bench-account.ts'

/** A server in this process for one account, whose `database` takes rows by hand; its data go with it. */
export async function startListingServer() {
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-bench-'))
  const config = readConfig({
    PORT: '0',
    BARKEEP_DATA: folder,
    BARKEEP_LOG_LEVEL: 'error',
    BARKEEP_RATE_LIMIT: '1000000',
    BARKEEP_YT_DLP: '/not-looked-for',
  })
  const server = await buildServer(config)
  const origin = await server.listen()
  const { userId, key } = await makeApiKeyFor(folder)
  return {
    origin,
    userId,
    key,
    database: databaseFile(folder),
    async [Symbol.asyncDispose]() {
      await server.close()
      await rm(folder, { recursive: true })
    },
  }
}
