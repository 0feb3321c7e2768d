import { once } from 'node:events'
import { get } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { filesReply } from '#contract/files.ts'
import { startListingServer } from './listing-server.ts'

// What a page costs in a folder of a million files, and the tree of 100,000 folders, over HTTP.
//   npm run bench:listing [files] [folders]

const [fileCount = 1_000_000, folderCount = 100_000] = process.argv.slice(2).map(Number)
const samples = 101

/** Rows alone: a listing never looks at the bytes. They are made while no server sweeps. */
function fill(file: string, userId: string): void {
  const database = new DatabaseSync(file)
  database.exec('pragma synchronous = off; begin')
  const addFile = database.prepare(
    `insert into file (id, user_id, folder_id, name, requested_name, folded_name, size, sha256, blob_id, tracking_id, uploaded_at)
     values (?, ?, 1, ?, ?, ?, 1, '', ?, ?, 0)`,
  )
  for (let index = 0; index < fileCount; index += 1) {
    const name = `file ${String(index).padStart(8, '0')}.jpg`
    addFile.run(`id-${index}`, userId, name, name, name, `blob-${index}`, `link-${index}`)
  }
  const addFolder = database.prepare(
    'insert into folder (id, user_id, parent_id, name, folded_name) values (?, ?, ?, ?, ?)',
  )
  addFolder.run(1, userId, 0, 'many', 'many')
  for (let index = 1; index < folderCount; index += 1) {
    const name = `folder ${index}`
    // Ten to a folder, so that the tree is five levels deep.
    const above = index < 10 ? null : Math.floor(index / 10)
    paths[index] = `${above === null ? '/' : paths[above]}${name}/`
    addFolder.run(index + 1, userId, above === null ? 0 : above + 1, name, name)
  }
  database.exec('commit')
  database.close()
}

const paths: string[] = []
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0

await using server = await startListingServer()
const { origin, userId, key, database } = server
fill(database, userId)
const headers = { authorization: `Bearer ${key}` }

async function timed(path: string): Promise<{ ms: number; body: unknown }> {
  const startedAt = performance.now()
  const reply = await fetch(origin + path, { headers })
  const text = await reply.text()
  const ms = performance.now() - startedAt
  if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${text}`)
  return { ms, body: JSON.parse(text) }
}

const page = (offset: number) => timed(`/api/v1/files?path=/many/&offset=${offset}`)

async function addFile(name: string, path: string): Promise<void> {
  const query = new URLSearchParams({ filename: name, path })
  const url = `${origin}/api/v1/upload?${query}`
  const reply = await fetch(url, { method: 'POST', headers, body: path + name })
  if (reply.status !== 200) throw new Error(`${url}: ${reply.status} ${await reply.text()}`)
}

/** Until the last byte is here, still compressed: unpacking is the client's time. */
async function timedTree(): Promise<number> {
  const startedAt = performance.now()
  const url = `${origin}/api/v1/folders`
  const asked = get(url, { headers: { ...headers, 'accept-encoding': 'gzip' } })
  const [reply] = await once(asked, 'response')
  await once(reply.resume(), 'end')
  return performance.now() - startedAt
}

const rows: [string, string][] = []
const last = fileCount - 50

// The code is warm then, but nobody has been down there.
for (let sample = 0; sample < samples; sample += 1) await page(0)
const cold = (await page(last)).ms
const first: number[] = []
const deep: number[] = []
const afterAdding: number[] = []
for (let sample = 0; sample < samples; sample += 1) {
  first.push((await page(0)).ms)
  const { ms, body } = await page(last)
  if (filesReply.parse(body).files.length !== 50) throw new Error('The last page is not whole.')
  deep.push(ms)
  // Before all others: every page moves on by one.
  await addFile(`a new file ${sample}`, '/many/')
  afterAdding.push((await page(last)).ms)
}
const pageCost = (ms: number) => `${ms.toFixed(2)} ms, × ${(ms / median(first)).toFixed(2)}`
rows.push(['page at offset 0', pageCost(median(first))])
rows.push([`page at offset ${last}, asked for the first time`, pageCost(cold)])
rows.push([`page at offset ${last}`, pageCost(median(deep))])
rows.push(['the same after a file was added to the folder', pageCost(median(afterAdding))])

const cpu = process.cpuUsage()
const built = await timedTree()
const { user } = process.cpuUsage(cpu)
const ofCores = `${(user / 1000).toFixed(0)} ms of processor time`
rows.push([`tree of ${folderCount} folders`, `${built.toFixed(0)} ms (${ofCores})`])
const again: number[] = []
const afterFile: number[] = []
const afterFolder: number[] = []
for (let sample = 0; sample < 9; sample += 1) {
  again.push(await timedTree())
  await addFile(`a new file ${sample}`, paths.at(-1) ?? '/')
  afterFile.push(await timedTree())
  await addFile('a new file', `${paths.at(-1) ?? '/'}new ${sample}/`)
  afterFolder.push(await timedTree())
}
rows.push(['the same tree again', `${median(again).toFixed(0)} ms`])
rows.push(['after a file was added to its deepest folder', `${median(afterFile).toFixed(0)} ms`])
rows.push(['after a folder was added to it', `${median(afterFolder).toFixed(0)} ms`])

process.stdout.write(`${fileCount} files in one folder, medians of ${samples}\n\n`)
process.stdout.write('| what | time |\n| --- | --- |\n')
for (const row of rows) process.stdout.write(`| ${row.join(' | ')} |\n`)
