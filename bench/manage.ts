import { DatabaseSync } from 'node:sqlite'
import { itemsReply, trashReply } from '#contract/manage.ts'
import { startListingServer } from './listing-server.ts'

// What it costs to move, copy, delete and restore a folder of many files or of many folders, and the
// longest that another client's `GET /me` takes meanwhile.
//   npm run bench:manage [files] [folders]

const [fileCount = 100_000, folderCount = 100_000] = process.argv.slice(2).map(Number)

/** Rows alone: none of this looks at the bytes. `/files/` and `/folders/`, and `/one/` with 1,000 files. */
function fill(file: string, userId: string): void {
  const database = new DatabaseSync(file)
  database.exec('pragma synchronous = off; begin')
  const addFolder = database.prepare(
    'insert into folder (id, user_id, parent_id, name, folded_name) values (?, ?, ?, ?, ?)',
  )
  for (const [index, name] of ['to', 'files', 'folders', 'one'].entries()) {
    addFolder.run(index + 1, userId, 0, name, name)
  }
  const addFile = database.prepare(
    `insert into file (id, user_id, folder_id, name, requested_name, folded_name, size, sha256, blob_id, tracking_id, uploaded_at)
     values (?, ?, ?, ?, ?, ?, 1, '', ?, ?, 0)`,
  )
  for (let index = 0; index < fileCount + 1_000; index += 1) {
    const name = `file ${String(index).padStart(8, '0')}.jpg`
    const folder = index < fileCount ? 2 : 4
    addFile.run(`id-${index}`, userId, folder, name, name, name, `blob-${index}`, `link-${index}`)
  }
  for (let index = 1; index < folderCount; index += 1) {
    // Ten to a folder, so that the tree is five levels deep.
    const above = index < 10 ? 3 : Math.floor(index / 10) + 1_000
    addFolder.run(index + 1_000, userId, above, `folder ${index}`, `folder ${index}`)
  }
  database.exec('commit')
  database.close()
}

await using server = await startListingServer()
const { origin, userId, key, database } = server
fill(database, userId)
const headers = { authorization: `Bearer ${key}` }

async function ask(path: string, body?: unknown): Promise<unknown> {
  const sent = { method: 'POST', body: JSON.stringify(body) }
  const json = { ...headers, 'content-type': 'application/json' }
  const init = body === undefined ? { headers } : { ...sent, headers: json }
  const reply = await fetch(origin + path, init)
  const text = await reply.text()
  if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${text}`)
  return JSON.parse(text)
}

const tell = (cells: string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`)

/** Another client asks all the time; what it waits longest is told. */
async function measure<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  let isOver = false
  let longest = 0
  const others = (async () => {
    while (!isOver) {
      const askedAt = performance.now()
      await ask('/api/v1/me')
      longest = Math.max(longest, performance.now() - askedAt)
    }
  })()
  const startedAt = performance.now()
  const result = await work().finally(() => {
    isOver = true
  })
  const took = performance.now() - startedAt
  await others
  tell([what, `${took.toFixed(0)} ms`, `${longest.toFixed(0)} ms`])
  return result
}

async function change(path: string, body: object): Promise<string[]> {
  const { results } = itemsReply.parse(await ask(path, body))
  const failed = results.find(({ status }) => status !== 'ok')
  if (failed) throw new Error(JSON.stringify(failed))
  return results.map(({ trash_id }) => trash_id ?? '')
}

/** Each of the operations on a folder at the top; it is as before then. */
async function measureAll(folder: string, what: string): Promise<void> {
  const [from, to] = [`/${folder}/`, `/to/${folder}/`]
  await measure(`move ${what}`, () => change('/api/v1/files/move', { items: [from], to: '/to/' }))
  await measure('rename it', () =>
    ask('/api/v1/files/rename', { item: to, name: `${folder} longer` }),
  )
  const renamed = `/to/${folder} longer/`
  const ids = await measure('delete it', () => change('/api/v1/files/delete', { items: [renamed] }))
  await measure('list the trash, which measures it', async () =>
    trashReply.parse(await ask('/api/v1/trash')),
  )
  await measure('restore it', () => change('/api/v1/trash/restore', { ids }))
  await ask('/api/v1/files/rename', { item: renamed, name: folder })
  await change('/api/v1/files/move', { items: [to], to: '/' })
}

tell(['what', 'time', 'longest /me of another'])
tell(['---', '---', '---'])
for (let warm = 0; warm < 300; warm += 1) await ask('/api/v1/me')
await measure('nothing, for comparison', () => new Promise((over) => setTimeout(over, 1_000)))
await measureAll('files', `a folder of ${fileCount} files`)
await measureAll('folders', `a folder of ${folderCount} folders`)

await measure('move 1,000 files one by one, in one request', () =>
  change('/api/v1/files/move', { files_of: { path: '/one/' }, to: '/to/' }),
)
const thousand = await measure('delete them', () =>
  change('/api/v1/files/delete', { files_of: { path: '/to/' } }),
)
await measure('restore them', () => change('/api/v1/trash/restore', { ids: thousand }))

await measure(`copy a folder of ${fileCount} files`, () =>
  change('/api/v1/files/copy', { items: ['/files/'], to: '/to/' }),
)
const ids = await change('/api/v1/files/delete', { items: ['/to/files/'] })
await measure('delete the copy for ever', () => change('/api/v1/trash/delete', { ids }))
