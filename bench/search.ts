import { DatabaseSync } from 'node:sqlite'
import { filesReply } from '#contract/files.ts'
import { foldName, nameKey } from '#contract/name-order.ts'
import { startListingServer } from './listing-server.ts'

// What searches cost among a million files, with /me beside them, and the last pages of that folder in
// each order, over HTTP. Beside the searches: the same with "like" over the names, in this process.
//   npm run bench:search [files] [samples]

const [fileCount = 1_000_000, samples = 21] = process.argv.slice(2).map(Number)
const folderCount = Math.ceil(fileCount / 1_000)

const words =
  'holiday report invoice rome budget photo draft final meeting notes screenshot family garden music project summary plan contract letter scan'.split(
    ' ',
  )
const endings = ['jpg', 'pdf', 'docx', 'png', 'mp4', 'txt', 'xlsx', 'mp3']

/** The same each time. */
let state = 7
function random(below: number): number {
  state = (state * 1_103_515_245 + 12_345) & 0x7fffffff
  return state % below
}
const pick = (list: string[]) => list[random(997) % list.length] ?? ''

function nameOf(index: number): string {
  const ending = pick(endings)
  if (index % 5 === 0) return `IMG_${String(index).padStart(7, '0')}.JPG`
  if (index % 5 === 1) return `${pick(words)}-${pick(words)} ${index}.${ending}`
  if (index % 50 === 2) return `年度报告 ${index}.${ending}`
  return `${pick(words)} ${pick(words)} ${pick(words)} ${2000 + (index % 27)} ${index}.${ending}`
}

/** Rows alone, while no server sweeps: one large folder, and others with two files each. */
function fill(file: string, userId: string): void {
  const database = new DatabaseSync(file)
  database.exec('pragma synchronous = off; pragma cache_size = -400000; begin')
  const addFolder = database.prepare(
    'insert into folder (id, user_id, parent_id, name, folded_name, searched_name) values (?, ?, 0, ?, ?, ?)',
  )
  const addFile = database.prepare(
    `insert into file (id, user_id, folder_id, name, requested_name, folded_name, searched_name, size, sha256, blob_id, tracking_id, uploaded_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?)`,
  )
  for (let folder = 1; folder <= folderCount; folder += 1) {
    const name = folder === 1 ? 'many' : `${pick(words)} ${folder}`
    addFolder.run(folder, userId, name, nameKey(name), foldName(name))
  }
  const add = (index: number, folder: number) => {
    const name = nameOf(index)
    const key = [name, name, nameKey(name), foldName(name)] as const
    const [size, time] = [random(1_000_000_000), 1.7e12 + random(100_000_000)]
    addFile.run(`id-${index}`, userId, folder, ...key, size, `b-${index}`, `link-${index}`, time)
  }
  for (let index = 0; index < fileCount; index += 1) add(index, 1)
  for (let folder = 2; folder <= folderCount; folder += 1) add(fileCount + 2 * folder, folder)
  // As the server does once no more files come.
  database.exec(`insert into file_search (rowid, owner, name)
    select rowid, substr(user_id, -3), searched_name from file`)
  database.exec('update search_state set indexed_to = (select max(rowid) from file)')
  database.exec('commit')
  database.close()
}

const sorted = (numbers: number[]) => numbers.toSorted((a, b) => a - b)
const median = (numbers: number[]) => sorted(numbers)[numbers.length >> 1] ?? 0
const p95 = (numbers: number[]) => sorted(numbers)[Math.floor(numbers.length * 0.95)] ?? 0
const ms = (value: number) => `${value.toFixed(1)} ms`

await using server = await startListingServer()
const { origin, userId, key } = server
const filledAt = performance.now()
fill(server.database, userId)
const fillSeconds = (performance.now() - filledAt) / 1000
const headers = { authorization: `Bearer ${key}` }

async function timed(path: string): Promise<{ ms: number; body: unknown }> {
  const startedAt = performance.now()
  const reply = await fetch(origin + path, { headers })
  const text = await reply.text()
  if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${text}`)
  return { ms: performance.now() - startedAt, body: JSON.parse(text) }
}

const rows: string[][] = []
const last = fileCount - 50

// The code is warm then.
for (let sample = 0; sample < samples; sample += 1) await timed('/api/v1/files?path=/many/')
for (const sort of ['name', 'size', 'uploaded_at']) {
  for (const order of ['asc', 'desc']) {
    const page = (offset: number) =>
      timed(`/api/v1/files?path=/many/&sort=${sort}&order=${order}&offset=${offset}`)
    const [first, deep]: [number[], number[]] = [[], []]
    for (let sample = 0; sample < samples; sample += 1) {
      first.push((await page(0)).ms)
      const { ms, body } = await page(last)
      if (filesReply.parse(body).files.length !== 50) throw new Error('The page is not whole.')
      deep.push(ms)
    }
    const ratio = median(deep) / median(first)
    rows.push([
      `page at offset ${last}, ${sort} ${order}`,
      `${ms(median(deep))}, p95 ${ms(p95(deep))}`,
      `offset 0: ${ms(median(first))} (× ${ratio.toFixed(2)})`,
    ])
  }
}

const searches: [what: string, query: Record<string, string>][] = [
  ['a word of every sixth name', { q: 'report' }],
  ['two such words', { q: 'rome holiday' }],
  ['a word and a year', { q: 'holiday 2024' }],
  ['the ending of every sixth', { q: 'jpg' }],
  ['a number', { q: '123456' }],
  ['a whole name', { q: 'IMG_0500000.JPG' }],
  ['the inside of words', { q: 'olida udge' }],
  ['what no name has', { q: 'zebra' }],
  ['words that no name has together', { q: 'photo 999999999' }],
  ['of one kind', { q: 'garden', kind: 'audio' }],
  ['of a kind with many endings', { q: 'notes', kind: 'document' }],
  ['of a kind that no such name has', { q: 'report', kind: 'archive' }],
  ['a letter of one kind', { q: 'a', kind: 'image' }],
  ['in a folder of one file', { q: 'a', path: '/many/'.replace('many', nameOfFolder(2)) }],
  ['three Chinese characters', { q: '年度报' }],
  ['two Chinese characters', { q: '报告' }],
  ['one letter', { q: 'a' }],
  ['two letters', { q: 'ro' }],
  ['two letters that no name has', { q: 'qx' }],
  ['a page far behind', { q: 'report', offset: '1950' }],
]

function nameOfFolder(id: number): string {
  const database = new DatabaseSync(server.database)
  const row = database.prepare('select name from folder where id = ?').get(id)
  database.close()
  return String(row?.name)
}

/** The plain way, for comparison. */
const beside = new DatabaseSync(server.database)
function like(q: string): number {
  const startedAt = performance.now()
  const tests = q.split(' ').map(() => 'name like ?')
  const query = `select name from file where user_id = ? and ${tests.join(' and ')} order by length(name) limit 50`
  beside.prepare(query).all(userId, ...q.split(' ').map((word) => `%${word}%`))
  return performance.now() - startedAt
}

const alone: number[] = []
for (let sample = 0; sample < 101; sample += 1) alone.push((await timed('/api/v1/me')).ms)
const besideSearches: number[] = []
const all: number[] = []
await timed('/api/v1/search?q=warm')
for (const [what, query] of searches) {
  const path = `/api/v1/search?${new URLSearchParams(query)}`
  const times: number[] = []
  for (let sample = 0; sample < samples; sample += 1) {
    times.push((await timed(path)).ms)
  }
  for (let sample = 0; sample < 3; sample += 1) {
    let isRunning = true
    const search = timed(path).then(() => {
      isRunning = false
    })
    while (isRunning) besideSearches.push((await timed('/api/v1/me')).ms)
    await search
  }
  all.push(...times)
  rows.push([
    `search: ${what} (${query.q})`,
    `${ms(median(times))}, p95 ${ms(p95(times))}`,
    `like over all names: ${ms(like(query.q ?? ''))}`,
  ])
}
beside.close()
rows.push(['all searches', `${ms(median(all))}, p95 ${ms(p95(all))}`, ''])
const most = Math.max(...besideSearches)
rows.push([
  '/me beside them',
  `${ms(median(besideSearches))}, p95 ${ms(p95(besideSearches))}, most ${ms(most)}`,
  `alone: ${ms(median(alone))}, p95 ${ms(p95(alone))}, most ${ms(Math.max(...alone))}`,
])

process.stdout.write(`${fileCount} files in one folder and ${folderCount} folders, `)
process.stdout.write(`${samples} samples each; filled in ${fillSeconds.toFixed(0)} s\n\n`)
process.stdout.write('| what | median | beside it |\n| --- | --- | --- |\n')
for (const row of rows) process.stdout.write(`| ${row.join(' | ')} |\n`)
