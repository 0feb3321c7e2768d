import { testBlobStore } from '#server/storage/blob-store.contract.ts'
import { startTestBucket } from '#server/testing/test-bucket.ts'

testBlobStore(async () => {
  const tested = await startTestBucket()
  const blobs = await tested.openBlobs()
  return {
    blobs,
    reopen: () => tested.openBlobs(),
    list: (blob) => tested.list(blobs, blob),
    [Symbol.asyncDispose]: () => tested[Symbol.asyncDispose](),
  }
})
