import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

// All benchmarks that need no root, small enough for a quarter of an hour, and one table of what they said.
//   npm run bench [names of some]
// Writes bench/results.md. Those that lack a program (nginx, curl, Chromium) say so in their row.

type Bench = { name: string; args: string[] }

const benches: Bench[] = [
  { name: 'pages', args: ['3', '800'] },
  { name: 'listing', args: ['200000', '20000'] },
  { name: 'search', args: ['100000', '7'] },
  { name: 'small-files', args: ['400', '10000', '100', '3'] },
  { name: 'uploads', args: ['128', '3'] },
  { name: 'downloads', args: ['128', '3'] },
  { name: 'zip', args: ['2000', '10000', '128', '3'] },
  { name: 'upload-memory', args: ['8', '32'] },
  { name: 'thumbnails', args: ['30', '3', 'medium'] },
  { name: 'sign-ins', args: ['10', '5'] },
  { name: 'request-gate', args: [] },
  { name: 'list', args: ['2000', '1', 'list'] },
  { name: 'upload-crowds', args: ['200', '1'] },
  { name: 'transfers', args: ['3000', '128', '3'] },
  { name: 'resumable', args: ['128', '1', '128', '3'] },
  { name: 'beside-hfs', args: ['256'] },
]
const patienceMs = 180_000

type Outcome = { output: string; isDone: boolean; seconds: number }

async function run({ name, args }: Bench): Promise<Outcome> {
  const startedAt = performance.now()
  const script = join(import.meta.dirname, `${name}.ts`)
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const timer = setTimeout(() => child.kill('SIGTERM'), patienceMs)
  const outputs = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await once(child, 'close')
  clearTimeout(timer)
  const [output, problems] = await outputs
  const seconds = (performance.now() - startedAt) / 1000
  if (code === 0) return { output, isDone: true, seconds }
  const last =
    problems
      .trim()
      .split('\n')
      .find((line) => /error/i.test(line)) ?? 'took too long'
  return { output: last.replaceAll('|', '/'), isDone: false, seconds }
}

/** Each row of the tables in `output` as what it is about and its figures. */
function rowsOf(output: string): [about: string, figures: string][] {
  const rows: [string, string][] = []
  let heads: string[] = []
  for (const line of output.split('\n')) {
    if (!line.startsWith('|')) heads = []
    else if (heads.length === 0) heads = cellsOf(line)
    else if (!/^\| -/.test(line)) rows.push(asRow(heads, cellsOf(line)))
  }
  return rows
}

const cellsOf = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

/** Cells before the first number say what it is about. */
function asRow(heads: string[], cells: string[]): [string, string] {
  const found = cells.findIndex((cell) => /^[\d×.]/.test(cell))
  const first = Math.max(found, 1)
  const figures = cells.slice(first).map((cell, index) => `${heads[first + index]}: ${cell}`)
  return [cells.slice(0, first).join(', '), figures.join('; ')]
}

const wanted = process.argv.slice(2)
const lines: string[] = []
const say = (line: string) => {
  lines.push(line)
  process.stdout.write(`${line}\n`)
}
say(`${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores`)
say('(load: how many processes wanted a core when it began)\n')
say('| bench | what | figures |')
say('| --- | --- | --- |')
for (const bench of benches) {
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue
  const load = (loadavg()[0] ?? 0).toFixed(1)
  const { output, isDone, seconds } = await run(bench)
  const about = `${bench.name} ${bench.args.join(' ')}`.trim()
  if (!isDone) say(`| ${about} | not measured | ${output} |`)
  const rows = isDone ? rowsOf(output) : []
  for (const [what, figures] of rows) say(`| ${about} | ${what} | ${figures} |`)
  if (isDone && rows.length === 0)
    say(`| ${about} | | ${output.trim().replaceAll(/\s*\n\s*/g, '; ')} |`)
  if (isDone) say(`| ${about} | | took ${seconds.toFixed(0)} s; load ${load} |`)
}
await writeFile(join(import.meta.dirname, 'results.md'), `${lines.join('\n')}\n`)
