import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testBlobStore } from '#server/storage/blob-store.contract.ts'
import { systemDisk } from './disk.ts'
import { openDiskBlobs } from './disk-blobs.ts'
import { createFileHasher } from './file-hasher.ts'
import { openStoreFolders } from './store-folders.ts'

testBlobStore(async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'barkeep-blobs-'))
  const hasher = createFileHasher()
  const reopen = async () => {
    const folders = await openStoreFolders(dataFolder, systemDisk)
    return await openDiskBlobs({ dataFolder, folders, disk: systemDisk, hasher })
  }
  return {
    blobs: await reopen(),
    reopen,
    list: async () => {},
    async [Symbol.asyncDispose]() {
      await hasher.close()
      await rm(dataFolder, { recursive: true })
    },
  }
})
