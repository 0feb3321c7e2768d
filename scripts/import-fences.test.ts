import { execFile } from 'node:child_process'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { createTestFolder } from './test-folder.ts'

const project = join(import.meta.dirname, '..')

/**
 * A fence that lets everything through looks just like one that found nothing wrong. So each kind of
 * import, good and bad, is planted in a copy of the project and must be let through, or caught.
 */
const plantedImports: [file: string, imported: string, allowed: boolean][] = [
  ['src/contract/planted.ts', 'zod/mini', true],
  ['src/contract/planted.ts', './files.ts', true],
  ['src/contract/planted.test.ts', 'vitest', true],
  ['src/contract/planted.ts', 'node:fs', false],
  ['src/contract/planted.ts', '#app/api/client.ts', false],
  ['src/contract/planted.ts', '#server/config.ts', false],
  ['src/contract/planted.ts', 'react', false],
  ['src/app/lib/planted.ts', './file-kind.ts', true],
  ['src/app/ui/planted.tsx', 'react', true],
  ['src/app/ui/planted.tsx', '#app/lib/file-kind.ts', true],
  ['src/app/ui/planted.tsx', '#app/api/client.ts', false],
  ['src/app/ui/planted.tsx', '#app/shell/app.tsx', false],
  ['src/app/lib/planted.ts', '#contract/files.ts', false],
  ['src/app/lib/planted.ts', '../ui/button.tsx', false],
  ['src/app/api/planted.ts', '#contract/files.ts', true],
  ['src/app/api/planted.ts', 'react', false],
  ['src/app/api/planted.ts', '#app/ui/button.tsx', false],
  ['src/app/api/planted.ts', '#app/features/files/files-page.tsx', false],
  ['src/app/api/planted.ts', '#app/api/gate/rate-limit-gate.ts', true],
  ['src/app/api/gate/planted.ts', '#app/api/tabs/tab-group.ts', true],
  ['src/app/api/gate/planted.ts', '#contract/rate-limit.ts', true],
  ['src/app/api/gate/planted.ts', '#app/api/client.ts', false],
  ['src/app/api/gate/planted.ts', '../client.ts', false],
  ['src/app/api/gate/planted.ts', 'react', false],
  ['src/app/api/tabs/planted.ts', '#app/lib/clock.ts', true],
  ['src/app/api/tabs/planted.ts', '#app/api/gate/rate-limit-gate.ts', false],
  ['src/app/api/tabs/planted.ts', '#app/api/client.ts', false],
  ['src/app/api/tabs/planted.ts', '#contract/rate-limit.ts', false],
  ['src/app/features/uploads/planted.ts', '#app/api/client.ts', true],
  ['src/app/features/uploads/planted.ts', './upload.ts', true],
  ['src/app/features/uploads/planted.ts', '#contract/uploads.ts', true],
  ['src/app/features/uploads/planted.tsx', '#app/ui/button.tsx', true],
  ['src/app/features/uploads/planted.ts', '../files/files-page.tsx', false],
  ['src/app/features/uploads/planted.ts', '#app/features/files/files-page.tsx', false],
  ['src/app/features/uploads/planted.ts', '#app/shell/app.tsx', false],
  ['src/app/features/uploads/planted.ts', '#server/files/add-file.ts', false],
  ['src/app/shell/planted.tsx', '#app/features/files/files-page.tsx', true],
  ['src/app/shell/planted.tsx', '../api/client.ts', false],
  ['src/app/shell/planted.tsx', '#server/config.ts', false],
  ['src/server/http/planted.ts', '#server/storage/database.ts', true],
  ['src/server/http/planted.ts', '#server/config.ts', true],
  ['src/server/http/planted.ts', '#server/imports/import-guard.ts', false],
  ['src/server/storage/planted.ts', 'node:fs', true],
  ['src/server/storage/planted.ts', '#server/files/add-file.ts', false],
  ['src/server/files/planted.ts', '#server/storage/blob-store.ts', true],
  ['src/server/files/planted.ts', '#server/uploads/receive-upload.ts', false],
  ['src/server/account/planted.ts', '#server/imports/import-queue.ts', false],
  ['src/server/cli/planted.ts', '#server/account/create-user.ts', true],
  ['src/server/cli/planted.ts', '#server/imports/import-queue.ts', false],
  ['src/server/api-keys/planted.ts', '#server/uploads/receive-upload.ts', false],
  ['src/server/uploads/planted.ts', '#server/files/add-file.ts', true],
  ['src/server/uploads/planted.ts', '#server/imports/import-queue.ts', false],
  ['src/server/imports/planted.ts', '#server/files/add-file.ts', true],
  ['src/server/imports/planted.ts', '#server/uploads/receive-upload.ts', false],
  ['src/server/imports/planted.ts', '#app/api/client.ts', false],
  ['src/server/gateway/planted.ts', '#server/http/route.ts', true],
  ['src/server/gateway/planted.ts', '#server/storage/database.ts', false],
  ['src/server/docs/planted.ts', '#contract/endpoints.ts', true],
  ['src/server/docs/planted.ts', '#server/files/add-file.ts', false],
  ['src/server/planted.ts', '#server/uploads/receive-upload.ts', true],
  ['src/server/planted.ts', '#app/api/client.ts', false],
  ['e2e/planted.ts', '#server/start-test-server.ts', true],
  ['e2e/planted.ts', '../src/server/start-test-server.ts', false],
]

test('the linter lets through the imports of the table and no others', async () => {
  await using copy = await copyProject(['biome.jsonc', '.gitignore'])
  const expected: string[] = []
  for (const [index, [file, imported, isAllowed]] of plantedImports.entries()) {
    const planted = file.replace('planted', `planted-${index}`)
    await plant(copy.path, planted, `import * as it from '${imported}'\n\nexport const x = it\n`)
    if (!isAllowed) expected.push(`${planted} must not import ${imported}`)
  }
  const report = await run(copy.path, [
    'biome',
    'lint',
    '--reporter=json',
    '--max-diagnostics=none',
  ])
  const caught = readDiagnostics(report.output)
    .filter(({ category }) => category === 'lint/style/noRestrictedImports')
    .map(({ file }) => {
      const index = Number(/planted-(\d+)/.exec(file)?.[1])
      return `${file} must not import ${plantedImports[index]?.[1]}`
    })
  expect(caught.sort()).toEqual(expected.sort())
})

const plantedHabits: [rule: string, files: Record<string, string>][] = [
  ['lint/suspicious/noConsole', { 'src/app/lib/planted.ts': "console.log('here')\n" }],
  [
    'lint/style/noProcessEnv',
    { 'src/server/http/planted.ts': 'export const port = process.env.PORT\n' },
  ],
  ['lint/style/noDefaultExport', { 'src/app/ui/planted.ts': 'export default 1\n' }],
  ['lint/style/useFilenamingConvention', { 'src/app/ui/Planted.ts': 'export const x = 1\n' }],
  ['lint/performance/noBarrelFile', { 'src/app/ui/planted.ts': "export * from './button.tsx'\n" }],
  [
    'lint/suspicious/noImportCycles',
    {
      'src/app/lib/planted.ts':
        "import { y } from './planted-too.ts'\n\nexport const x = () => y\n",
      'src/app/lib/planted-too.ts':
        "import { x } from './planted.ts'\n\nexport const y = () => x\n",
    },
  ],
  [
    'lint/suspicious/noImportCycles',
    {
      'src/app/lib/planted.ts':
        "import { y } from '#app/ui/planted.ts'\n\nexport const x = () => y\n",
      'src/app/ui/planted.ts':
        "import { x } from '#app/lib/planted.ts'\n\nexport const y = () => x\n",
    },
  ],
  [
    'lint/nursery/noFloatingPromises',
    { 'src/server/files/planted.ts': 'async function go() {}\n\ngo()\n' },
  ],
  ['lint/style/noExcessiveLinesPerFile', { 'src/app/lib/planted.ts': 'export {}\n'.repeat(301) }],
]

test.each(plantedHabits)('the linter finds %s', async (rule, files) => {
  await using copy = await copyProject([
    'biome.jsonc',
    '.gitignore',
    'tsconfig.json',
    'package.json',
  ])
  for (const [file, code] of Object.entries(files)) await plant(copy.path, file, code)
  const report = await run(copy.path, ['biome', 'lint', '--reporter=json'])
  expect(readDiagnostics(report.output).map(({ category }) => category)).toContain(rule)
  expect(report.code).not.toBe(0)
})

const plantedTypes: [file: string, code: string][] = [
  ['src/app/lib/planted.ts', "import { readFile } from 'node:fs'\n\nexport const x = readFile\n"],
  ['src/app/api/planted.ts', 'export const x = process.version\n'],
  [
    'src/app/shell/planted.tsx',
    "import { readConfig } from '#server/config.ts'\n\nexport const x = readConfig\n",
  ],
  ['src/server/http/planted.ts', 'export const x = window.location\n'],
  ['src/server/files/planted.ts', 'export const x = document.title\n'],
  ['src/contract/planted.ts', 'export const x = document.title\n'],
  ['src/contract/planted-too.ts', 'export const x = process.version\n'],
]

test('the compiler keeps each zone to its own surroundings', async () => {
  await using copy = await copyProject(['tsconfig.json', 'package.json', 'src'])
  await symlink(join(project, 'node_modules'), join(copy.path, 'node_modules'))
  for (const [file, code] of plantedTypes) await plant(copy.path, file, code)
  const zones = ['contract', 'app', 'server'].map((zone) => `src/${zone}`)
  const report = await run(copy.path, ['tsc', '--build', '--pretty', 'false', ...zones])
  const complaints = report.output.split('\n').map((line) => line.split('(')[0] ?? '')
  const planted = new Set(complaints.filter((file) => file.includes('planted')))
  expect([...planted].sort()).toEqual(plantedTypes.map(([file]) => file).sort())
})

async function copyProject(names: string[]) {
  const folder = await createTestFolder()
  for (const name of names) {
    await cp(join(project, name), join(folder.path, name), { recursive: true })
  }
  return folder
}

async function plant(folder: string, file: string, code: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true })
  await writeFile(join(folder, file), code)
}

/** Runs a program of the project in `cwd`. */
function run(cwd: string, [program = '', ...args]: string[]) {
  const command = join(project, 'node_modules/.bin', program)
  return new Promise<{ code: number; output: string }>((resolve) => {
    execFile(command, args, { cwd, maxBuffer: 64 * 2 ** 20 }, (error, stdout) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout })
    })
  })
}

function readDiagnostics(output: string): { category: string; file: string }[] {
  const report = JSON.parse(output) as {
    diagnostics: { category: string; location: { path: string } }[]
  }
  return report.diagnostics.map(({ category, location }) => ({ category, file: location.path }))
}
