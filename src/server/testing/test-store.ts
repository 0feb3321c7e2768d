import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Database, databaseFile, openDatabase } from '#server/storage/sqlite/database.ts'
import type { Tables } from '#server/storage/sqlite/tables.ts'

// What tests do to the store of a running server, as another process would. Only here is it known
// that rows are in SQLite and blobs in folders.

type Stored = { dataFolder: string }

/** The database beside the server, as the command line opens it. */
export function openBeside({ dataFolder }: Stored): Promise<Database> {
  return openDatabase(databaseFile(dataFolder))
}

/** Holds the database until it is disposed: it can be read, and nothing can be written. */
export function holdDatabase({ dataFolder }: Stored): Disposable {
  const other = new DatabaseSync(databaseFile(dataFolder))
  other.exec('begin immediate')
  return { [Symbol.dispose]: () => other.close() }
}

/** What a disk is like that cannot be read, until it is disposed: no table is found any more. */
export function spoilDatabase({ dataFolder }: Stored): Disposable {
  const other = new DatabaseSync(databaseFile(dataFolder), { defensive: false })
  other.exec('pragma writable_schema = on; create table spoilt (x)')
  other.exec(`update sqlite_schema set sql = 'spoilt' where name = 'spoilt'`)
  other.exec('pragma schema_version = 1000')
  return {
    [Symbol.dispose]() {
      other.exec(`delete from sqlite_schema where name = 'spoilt'; pragma schema_version = 1001`)
      other.close()
    },
  }
}

/** Refuses every new row of `table` until it is disposed. */
export function refuseRows({ dataFolder }: Stored, table: keyof Tables): Disposable {
  const other = new DatabaseSync(databaseFile(dataFolder))
  other.exec(`create trigger refuse before insert on ${table} begin select raise(abort, 'no'); end`)
  return {
    [Symbol.dispose]() {
      other.exec('drop trigger refuse')
      other.close()
    },
  }
}

/** Full paths of the stored blobs. */
export function blobPaths(server: Stored): Promise<string[]> {
  return filesBelow(server, ['blobs'])
}

/** Full paths of what was staged and is not listed yet. */
export function stagedPaths(server: Stored): Promise<string[]> {
  return filesBelow(server, ['staging', 'work'])
}

async function filesBelow({ dataFolder }: Stored, folders: string[]): Promise<string[]> {
  const reads = folders.map((name) =>
    readdir(join(dataFolder, name), { recursive: true, withFileTypes: true }),
  )
  const entries = (await Promise.all(reads)).flat()
  return entries.flatMap((one) => (one.isFile() ? join(one.parentPath, one.name) : []))
}
