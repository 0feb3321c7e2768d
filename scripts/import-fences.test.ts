import { execFile } from 'node:child_process'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { checkImports } from './check-imports.ts'
import { createTestFolder } from './test-folder.ts'

const project = join(import.meta.dirname, '..')

/**
 * A fence that lets everything through looks just like one that found nothing wrong. So each kind of
 * import, good and bad, is planted and must be let through, or caught.
 */
const plantedImports: [file: string, imported: string, allowed: boolean][] = [
  ['contract/planted.ts', 'zod/mini', true],
  ['contract/planted.ts', './files.ts', true],
  ['contract/planted.test.ts', 'vitest', true],
  ['contract/planted.ts', 'node:fs', false],
  ['contract/planted.ts', '#app/api/http/client.ts', false],
  ['contract/planted.ts', '#server/core/config.ts', false],
  ['contract/planted.ts', 'react', false],
  ['app/lib/planted.ts', './clock.ts', true],
  ['app/ui/planted.tsx', 'react', true],
  ['app/ui/planted.tsx', '#app/lib/clock.ts', true],
  ['app/ui/planted.tsx', '#app/api/http/client.ts', false],
  ['app/ui/planted.tsx', '#app/shell/app.tsx', false],
  ['app/lib/planted.ts', '#contract/files.ts', false],
  ['app/lib/planted.ts', '#app/testing/manual-clock.ts', false],
  ['app/lib/planted.test.ts', '#app/testing/manual-clock.ts', true],
  ['app/api/http/planted.ts', '#contract/files.ts', true],
  ['app/api/http/planted.ts', '#app/api/gate/rate-limit-gate.ts', true],
  ['app/api/http/planted.ts', 'react', false],
  ['app/api/cache/planted.ts', '#app/ui/button.tsx', false],
  ['app/api/session/planted.ts', '#app/features/files/files-page.tsx', false],
  ['app/api/gate/planted.ts', '#app/api/tabs/tab-group.ts', true],
  ['app/api/gate/planted.ts', '#contract/rate-limit.ts', true],
  ['app/api/gate/planted.ts', '#app/api/http/client.ts', false],
  ['app/api/gate/planted.ts', 'react', false],
  ['app/api/tabs/planted.ts', '#app/lib/clock.ts', true],
  ['app/api/tabs/planted.ts', '#app/api/gate/rate-limit-gate.ts', false],
  ['app/api/tabs/planted.ts', '#contract/rate-limit.ts', false],
  ['app/features/uploads/view/planted.tsx', '#app/features/uploads/model/upload.ts', true],
  ['app/features/uploads/queue/planted.ts', '#app/api/http/client.ts', true],
  ['app/features/uploads/queue/planted.ts', '#app/features/files/files-page.tsx', false],
  ['app/features/uploads/queue/planted.ts', '#app/shell/app.tsx', false],
  ['app/features/uploads/queue/planted.ts', '#server/files/add-files.ts', false],
  ['app/features/api-keys/planted.ts', '#app/features/account/web-session/web-session.ts', true],
  ['app/features/api-keys/planted.ts', '#app/features/account/account-menu.tsx', false],
  ['app/shell/layout/planted.tsx', '#app/features/files/files-page.tsx', true],
  ['app/shell/layout/planted.tsx', '#server/core/config.ts', false],
  ['server/http/route/planted.ts', '#server/core/config.ts', true],
  ['server/http/route/planted.ts', '#server/storage/database.ts', false],
  ['server/http/route/planted.ts', '#server/imports/run-import.ts', false],
  ['server/storage/disk/planted.ts', 'node:fs', true],
  ['server/storage/disk/planted.ts', '#server/http/route/route.ts', false],
  ['server/storage/disk/planted.ts', '#server/files/add-files.ts', false],
  ['server/files/planted.ts', '#server/storage/blob-store.ts', true],
  ['server/files/planted.ts', '#server/uploads/upload-routes.ts', false],
  ['server/files/planted.ts', '#server/testing/start-test-server.ts', false],
  ['server/files/planted.test.ts', '#server/testing/start-test-server.ts', true],
  ['server/account/planted.ts', '#server/imports/run-import.ts', false],
  ['server/api-keys/planted.ts', '#server/account/web-session/web-session.ts', true],
  ['server/api-keys/planted.ts', '#server/account/users-repository.ts', false],
  ['server/cli/planted.ts', '#server/account/users-repository.ts', true],
  ['server/cli/planted.ts', '#server/imports/run-import.ts', false],
  ['server/uploads/planted.ts', '#server/files/add-files.ts', true],
  ['server/uploads/planted.ts', '#server/imports/run-import.ts', false],
  ['server/imports/planted.ts', '#server/uploads/upload-routes.ts', false],
  ['server/imports/planted.ts', '#app/api/http/client.ts', false],
  ['server/gateway/planted.ts', '#server/http/route/route.ts', true],
  ['server/gateway/planted.ts', '#server/storage/database.ts', false],
  ['server/docs/planted.ts', '#contract/endpoints.ts', true],
  ['server/docs/planted.ts', '#server/files/add-files.ts', false],
  ['server/start/planted.ts', '#server/uploads/upload-routes.ts', true],
  ['server/start/planted.ts', '#app/api/http/client.ts', false],
]

test('the imports of the table and no others are let through', async () => {
  await using folder = await createTestFolder()
  const expected: string[] = []
  for (const [index, [file, imported, isAllowed]] of plantedImports.entries()) {
    const planted = `src/${file.replace('planted', `planted-${index}`)}`
    await plant(
      folder.path,
      planted,
      `import type { It } from '${imported}'\n\nexport type X = It\n`,
    )
    const to = imported.startsWith('./')
      ? `contract/${imported.slice(2)}`
      : imported.replace('#', '')
    if (!isAllowed) expected.push(`${planted} must not import ${to}`)
  }
  const caught = (await checkImports(folder.path)).filter((line) => line.includes('must not'))
  expect(caught).toEqual(expected.sort())
})

test('folders that import each other are found, also by types and over a third one', async () => {
  await using folder = await createTestFolder()
  const imports = [
    ['src/app/shell/layout/planted.ts', '#app/shell/state/planted.ts'],
    ['src/app/shell/state/planted.ts', '#app/shell/bring-in/planted.ts'],
    ['src/app/shell/bring-in/planted.ts', '#app/shell/layout/planted.ts'],
  ] as const
  for (const [file, imported] of imports)
    await plant(folder.path, file, `import type { It } from '${imported}'\n\nexport type X = It\n`)
  expect(await checkImports(folder.path)).toEqual([
    'These folders import each other: app/shell/bring-in ↔ app/shell/layout ↔ app/shell/state',
  ])
})

test('the project itself keeps to the table', async () => {
  expect(await checkImports(project)).toEqual([])
})

const plantedHabits: [rule: string, files: Record<string, string>][] = [
  ['lint/suspicious/noConsole', { 'src/app/lib/planted.ts': "console.log('here')\n" }],
  [
    'lint/style/noProcessEnv',
    { 'src/server/http/planted.ts': 'export const port = process.env.PORT\n' },
  ],
  [
    'lint/style/noRestrictedImports',
    {
      'src/app/lib/planted.ts':
        "import { Button } from '../ui/button.tsx'\n\nexport const x = Button\n",
    },
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
    "import { readConfig } from '#server/core/config.ts'\n\nexport const x = readConfig\n",
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
