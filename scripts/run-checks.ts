import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
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

const checks: Check[] = [
  { script: 'test:programs', count: countCheck },
  { script: 'test:types', count: countCheck },
  { script: 'test:lint', count: countCheck },
  { script: 'test:dead-code', count: countCheck },
  {
    script: 'test:unit',
    args: (file) => ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    count: (exitCode, report) => countVitest(report, exitCode),
  },
  {
    script: 'test:e2e',
    args: () => ['--reporter=list,json'],
    env: (file) => ({ PLAYWRIGHT_JSON_OUTPUT_FILE: file }),
    count: (exitCode, report) => countPlaywright(report, exitCode),
  },
]

/** Every check runs, also after one failed: one look at the output should show all there is to mend. */
async function runChecks(): Promise<void> {
  const reports = await mkdtemp(join(tmpdir(), 'barkeep-checks-'))
  const results: { script: string; count: Count }[] = []
  try {
    for (const check of checks) {
      say(`\n━━ ${check.script}`)
      results.push({ script: check.script, count: await runCheck(check, reports) })
    }
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

async function runCheck(check: Check, reports: string): Promise<Count> {
  const reportFile = join(reports, `${check.script.replace(':', '-')}.json`)
  const args = ['run', '--silent', check.script, '--', ...(check.args?.(reportFile) ?? [])]
  const child = spawn('npm', args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...check.env?.(reportFile) },
  })
  const [code] = await once(child, 'exit')
  // No code: a signal ended it.
  return check.count(typeof code === 'number' ? code : 1, await readReport(reportFile))
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
