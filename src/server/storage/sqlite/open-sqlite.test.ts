import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { databaseFile, openDatabase } from './open-sqlite.ts'

const freshFolder = () => mkdtempDisposable(join(tmpdir(), 'barkeep-database-'))

test('a database is opened and read while another process writes to it', async () => {
  await using folder = await freshFolder()
  const file = databaseFile(folder.path)
  await (await openDatabase(file)).destroy()
  const other = new DatabaseSync(file)
  other.exec('begin immediate')
  await using database = await openDatabase(file)
  expect(await database.selectFrom('file').selectAll().execute()).toEqual([])
  other.close()
})

test('a database that is locked whole, as while a log is recovered, is opened once it is free', async () => {
  await using folder = await freshFolder()
  const file = databaseFile(folder.path)
  await (await openDatabase(file)).destroy()
  const other = new DatabaseSync(file)
  other.exec('pragma locking_mode = exclusive; begin exclusive')
  const opened = openDatabase(file).then((database) => database.destroy())
  // Who does not wait has failed by then.
  await Promise.all([opened, pause(50).then(() => other.close())])
})
