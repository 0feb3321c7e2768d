import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { createFinder } from './find-names.js'

// JavaScript, because each thread that strips types loads a compiler of 25 MB to do it.

/** @type {{ database: DatabaseSync, find: ReturnType<typeof createFinder> } | null} */
let open = null

parentPort?.on('message', ({ ask, query }) => {
  try {
    parentPort?.postMessage({ ask, page: find(query) })
  } catch (error) {
    close()
    const { message, errcode } = /** @type {Error & { errcode?: number }} */ (error)
    parentPort?.postMessage({ ask, failure: { message, errcode } })
  }
})

/**
 * All of a search sees one state of the database.
 *
 * @param {import('#server/storage/name-search.ts').NameQuery} query
 */
function find(query) {
  open ??= openToRead(workerData.file)
  open.database.exec('begin')
  try {
    return open.find(query)
  } finally {
    if (open.database.isTransaction) open.database.exec('rollback')
  }
}

/** @param {string} file */
function openToRead(file) {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 1_000 })
  // The rows that match lie all over the file: 32 MB of its pages stay in memory.
  database.exec('pragma cache_size = -32000')
  return { database, find: createFinder(database) }
}

/** What failed may stay with a connection until it is closed. */
function close() {
  try {
    open?.database.close()
  } catch {
    // What it failed with before is told.
  }
  open = null
}
