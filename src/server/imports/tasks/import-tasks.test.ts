import { systemClock } from '#server/core/clock.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { openBeside } from '#server/testing/test-store.ts'
import { createImportTasks } from './import-repository.ts'
import { importTask, testImportTasks } from './import-tasks.contract.ts'

testImportTasks(async () => {
  const server = await startTestServer()
  const database = await openBeside(server)
  const tasks = createImportTasks(database, systemClock)
  const key = await database
    .selectFrom('api_key')
    .select(['id', 'user_id'])
    .executeTakeFirstOrThrow()
  return {
    tasks,
    add: (id) => tasks.add(importTask(id, key.user_id, key.id)),
    async [Symbol.asyncDispose]() {
      await database.destroy()
      await server[Symbol.asyncDispose]()
    },
  }
})
