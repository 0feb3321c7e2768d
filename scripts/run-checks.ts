import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  addCounts,
  type Count,
  countCheck,
  countPlaywright,
  countVitest,
  formatCount,
} from './count-tests.ts'

type Check = {
  /** The npm script that runs it, also by itself. */
  script: string
  args?: (reportFile: string) => string[]
  env?: (reportFile: string) => Record<string, string>
  count: (exitCode: number, report: unknown) => Count
}

const programs: Check = { script: 'test:programs', count: countCheck }

const readers: Check[] = ['test:types', 'test:lint', 'test:dead-code'].map((script) => ({
  script,
  count: countCheck,
}))

const unit: Check = {
  script: 'test:unit',
  args: (file) => ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
  count: (exitCode, report) => countVitest(report, exitCode),
}

const e2e: Check = {
  script: 'test:e2e',
  args: () => ['--reporter=list,json'],
  env: (file) => ({ PLAYWRIGHT_JSON_OUTPUT_FILE: file }),
  count: (exitCode, report) => countPlaywright(report, exitCode),
}

type Result = { script: string; count: Count }

/** Every check runs, also after one failed: one look at the output should show all there is to mend. */
async function runChecks(): Promise<void> {
  const reports = await mkdtemp(join(tmpdir(), 'barkeep-checks-'))
  const results: Result[] = []
  try {
    results.push(await runCheck(programs, reports))
    // What only reads the sources has the time that unit tests spend waiting.
    const reading = readSources(reports)
    const tested = await runCheck(unit, reports)
    results.push(...(await reading), tested)
    results.push(await runCheck(e2e, reports))
  } finally {
    await rm(reports, { recursive: true, force: true })
  }
  const total = addCounts(results.map((result) => result.count))
  say('')
  for (const { script, count } of results) say(`${script.padEnd(16)} ${formatCount(count)}`)
  // npm adds lines of its own after a failure unless it was told to be silent; this stays the last of ours.
  say(`\n${formatCount(total)}`)
  process.exitCode = total.failed > 0 ? 1 : 0
}

/** One after another, beside other checks: what each says is printed whole when it ends. */
async function readSources(reports: string): Promise<Result[]> {
  const results: Result[] = []
  for (const check of readers) {
    const output = join(reports, 'output')
    results.push(await runCheck(check, reports, output))
    say(`━━ ${check.script}\n${await readFile(output, 'utf8')}`)
  }
  return results
}

/** @param output the file that takes what it prints, or null for the terminal */
async function runCheck(
  check: Check,
  reports: string,
  output: string | null = null,
): Promise<Result> {
  if (output === null) say(`\n━━ ${check.script}`)
  const reportFile = join(reports, `${check.script.replace(':', '-')}.json`)
  const args = ['--run', check.script, '--', ...(check.args?.(reportFile) ?? [])]
  await using file = output === null ? null : await open(output, 'w')
  const stream = file?.fd ?? 'inherit'
  // Node itself: npm takes half a second of a processor's time before it begins.
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', stream, stream],
    env: { ...process.env, ...check.env?.(reportFile) },
  })
  const [code] = await once(child, 'exit')
  // No code: a signal ended it.
  const exitCode = typeof code === 'number' ? code : 1
  return { script: check.script, count: check.count(exitCode, await readReport(reportFile)) }
}

async function readReport(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return null
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

await runChecks()
