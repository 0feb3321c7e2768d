import { unitOf } from '#server/storage/database.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { openBeside } from '#server/testing/test-store.ts'
import { testIdempotencyStore } from './idempotency-store.contract.ts'
import { createIdempotencyStore } from './idempotency-store.ts'

testIdempotencyStore(async () => {
  const server = await startTestServer()
  await server.keyWith({ username: 'other' })
  const database = await openBeside(server)
  return {
    store: createIdempotencyStore(database),
    users: ['user-owner', 'user-other'],
    write: (work) => database.transaction().execute((transaction) => work(unitOf(transaction))),
    async [Symbol.asyncDispose]() {
      await database.destroy()
      await server[Symbol.asyncDispose]()
    },
  }
})
