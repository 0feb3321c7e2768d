import { readConfig } from '#server/core/config.ts'
import { buildServer, type ServerDependencies } from '#server/start/build-server.ts'
import { type Disk, systemDisk } from '#server/storage/disk/disk.ts'
import { makeApiKeyFor } from './bench-account.ts'

// The server under test for bench/uploads and bench/downloads: as it is ("whole"), or without fsync and hash ("bare").
const [dataFolder = '', mode = 'whole'] = process.argv.slice(2)

const volatileDisk: Disk = {
  ...systemDisk,
  async create(path) {
    const file = await systemDisk.create(path)
    return {
      writev: file.writev.bind(file),
      datasync: async () => {},
      sync: async () => {},
      [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
    }
  },
  syncFolder: async () => {},
}

/** What the hashing thread does with memory, without the hash. */
async function free(batch: Uint8Array[]): Promise<void> {
  for (const { buffer } of batch) if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}

let hashes = 0
const bare: Partial<ServerDependencies> = {
  disk: volatileDisk,
  startHasher: () => ({
    start: () => {
      hashes += 1
      const digests = { sha256: String(hashes), crc32: 0 }
      return { add: free, digests: async () => digests, drop: () => {} }
    },
    close: async () => {},
  }),
}

const config = readConfig({
  PORT: '0',
  BARKEEP_DATA: dataFolder,
  BARKEEP_LOG_LEVEL: 'error',
  BARKEEP_RATE_LIMIT: '1000000',
  BARKEEP_UPLOAD_MAX_BYTES: String(2 ** 40),
  BARKEEP_YT_DLP: '/not-looked-for',
})
const server = await buildServer(config, mode === 'bare' ? bare : {})
const origin = await server.listen()
const { key } = await makeApiKeyFor(config.dataFolder)
process.stdout.write(`${JSON.stringify({ origin, key })}\n`)
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)))
