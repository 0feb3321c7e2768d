import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'

// What bench/pages holds Barkeep against: the same database behind node:http alone. It looks up the key
// and the folder, reads the page and writes the JSON, and does nothing else.

const database = new DatabaseSync(process.argv[2] ?? '')
const findKey = database.prepare(
  `select user_id, revoked_at, expires_at, plan, banned from api_key
   left join user on user.id = api_key.user_id where secret_hash = ?`,
)
const findChild = database.prepare(
  'select id from folder where user_id = ? and parent_id = ? and name = ?',
)
const findFolders = database.prepare(
  'select name from folder where user_id = ? and parent_id = ? order by folded_name, name',
)
const readPage = database.prepare(
  `select name, size, tracking_id, uploaded_at from file where user_id = ? and folder_id = ?
   order by folded_name, id limit ? offset ?`,
)
/** The root's is 0. */
function findFolder(owner: string, path: string): number | undefined {
  let id: number | undefined = 0
  for (const name of path.split('/').filter(Boolean)) {
    if (id !== undefined) id = findChild.get(owner, id, name)?.id as number | undefined
  }
  return id
}
type Row = { name: string; size: number; tracking_id: string; uploaded_at: number }
let origin = ''

const server = createServer((request, response) => {
  const secret = request.headers.authorization?.slice('Bearer '.length) ?? ''
  const key = findKey.get(createHash('sha256').update(secret).digest('hex'))
  const { searchParams } = new URL(request.url ?? '', origin)
  const path = searchParams.get('path') ?? '/'
  const owner = String(key?.user_id)
  const folder = findFolder(owner, path)
  if (!key || key.revoked_at !== null || folder === undefined) {
    response.writeHead(404).end()
    return
  }
  const offset = Number(searchParams.get('offset') ?? 0)
  const limit = Number(searchParams.get('limit') ?? 50)
  const rows = readPage.all(owner, folder, limit + 1, offset) as Row[]
  const files = rows.slice(0, limit).map((row) => ({
    name: row.name,
    size: row.size,
    link: `${origin}/share/${row.tracking_id}/${encodeURIComponent(row.name)}`,
    uploaded_at: `${new Date(row.uploaded_at).toISOString().slice(0, 19)}+00:00`,
  }))
  const folders = offset === 0 ? findFolders.all(owner, folder).map(({ name }) => name) : []
  const text = JSON.stringify({
    ...{ status: 'ok', path, folders, files, limit },
    ...{ next_offset: offset + files.length, has_more: rows.length > limit },
  })
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.setHeader('content-length', Buffer.byteLength(text))
  response.end(text)
})
server.listen(0, '127.0.0.1', () => {
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  process.stdout.write(`${JSON.stringify({ origin, key: '' })}\n`)
})
