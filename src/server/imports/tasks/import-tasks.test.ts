import { systemClock } from '#server/core/clock.ts'
import { databaseFile, openDatabase } from '#server/storage/sqlite/database.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { createImportRepository } from './import-repository.ts'
import { importTask, testImportTasks } from './import-tasks.contract.ts'
import { createImportTasks } from './import-tasks.ts'

testImportTasks(async () => {
  const server = await startTestServer()
  const database = await openDatabase(databaseFile(server.dataFolder))
  const tasks = createImportTasks(createImportRepository(database, systemClock))
  const key = await database
    .selectFrom('api_key')
    .select(['id', 'user_id'])
    .executeTakeFirstOrThrow()
  return {
    tasks,
    add: (id) => tasks.add(importTask(id, key.user_id, key.id), async () => {}),
    async [Symbol.asyncDispose]() {
      await database.destroy()
      await server[Symbol.asyncDispose]()
    },
  }
})
