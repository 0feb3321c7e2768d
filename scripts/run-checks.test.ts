import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTestFolder } from './test-folder.ts'

const passing = {
  'test:programs': 'true',
  'test:types': 'true',
  'test:lint': 'true',
  'test:dead-code': 'true',
  'test:unit': 'node unit.mjs',
  'test:e2e': 'node e2e.mjs',
}

const fakeVitest = `
import { writeFileSync } from 'node:fs'
const file = process.argv.find((word) => word.startsWith('--outputFile.json=')).split('=')[1]
writeFileSync(file, JSON.stringify({ numPassedTests: 20, numFailedTests: 0 }))
`

const fakePlaywright = `
import { writeFileSync } from 'node:fs'
writeFileSync(process.env.PLAYWRIGHT_JSON_OUTPUT_FILE, JSON.stringify({ stats: { expected: 5, unexpected: 0 } }))
`

/** Runs the checks in a project whose scripts are `scripts`. */
async function runChecksOf(scripts: Record<string, string>) {
  await using folder = await createTestFolder()
  await writeFile(join(folder.path, 'package.json'), JSON.stringify({ scripts }))
  await writeFile(join(folder.path, 'unit.mjs'), fakeVitest)
  await writeFile(join(folder.path, 'e2e.mjs'), fakePlaywright)
  const runner = join(import.meta.dirname, 'run-checks.ts')
  return await new Promise<{ code: number; lastLine: string; output: string }>((resolve) => {
    execFile(process.execPath, [runner], { cwd: folder.path }, (error, stdout) => {
      const lastLine = stdout.trimEnd().split('\n').at(-1) ?? ''
      resolve({ code: Number(error?.code ?? 0), lastLine, output: stdout })
    })
  })
}

test('the last line is the total of all runners together', async () => {
  const run = await runChecksOf(passing)
  expect(run.lastLine).toBe('29 passed, 0 failed')
  expect(run.code).toBe(0)
})

test('every check runs although an earlier one failed, and the exit code tells', async () => {
  const run = await runChecksOf({ ...passing, 'test:types': 'exit 2', 'test:unit': 'exit 1' })
  expect(run.lastLine).toBe('8 passed, 2 failed')
  expect(run.output).toContain('test:e2e         5 passed, 0 failed')
  expect(run.code).toBe(1)
})

test('a runner that crashes without a report is a failure', async () => {
  const run = await runChecksOf({ ...passing, 'test:e2e': 'kill -9 $$' })
  expect(run.lastLine).toBe('24 passed, 1 failed')
  expect(run.code).toBe(1)
})

test('a runner that ran no test is a failure, whatever its exit code', async () => {
  const run = await runChecksOf({ ...passing, 'test:unit': 'true' })
  expect(run.lastLine).toBe('9 passed, 1 failed')
  expect(run.code).toBe(1)
})
