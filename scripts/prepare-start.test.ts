import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTestFolder } from './test-folder.ts'

const project = join(import.meta.dirname, '..')

const viteConfig = `
import { stampBuild } from './scripts/app-build.ts'
export default { plugins: [stampBuild()], build: { outDir: 'dist/app' } }
`

/** A project as small as can be with the real scripts and the real Vite, and what `npm start` does first. */
async function createProject() {
  const folder = await createTestFolder()
  const path = (name: string) => join(folder.path, name)
  await cp(join(project, 'scripts'), path('scripts'), { recursive: true })
  for (const name of ['node_modules', 'src/app', 'bin']) {
    await mkdir(path(name), { recursive: true })
  }
  await symlink(join(project, 'node_modules/vite'), path('node_modules/vite'))
  const files = {
    'package.json': '{ "type": "module" }',
    'vite.config.ts': viteConfig,
    'index.html': '<script type="module" src="/src/app/main.ts"></script>',
    'src/app/main.ts': `document.title = 'one'`,
  }
  for (const [name, text] of Object.entries(files)) await writeFile(path(name), text)
  for (const name of ['yt-dlp', 'ffmpeg']) await writeFile(path(`bin/${name}`), '', { mode: 0o755 })

  return {
    path,
    prepare: () =>
      new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
        const options = { env: { PATH: path('bin') } }
        const args = [path('scripts/prepare-start.ts')]
        execFile(process.execPath, args, options, (error, stdout, stderr) =>
          done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
        )
      }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

const nothing = { code: 0, stdout: '', stderr: '' }

test('the app is built when its sources are new, and not again until what they hold changes', async () => {
  await using world = await createProject()
  const first = await world.prepare()
  expect(first).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Building the app[^\n]*\n$/),
  })
  const page = world.path('dist/app/index.html')
  // A build would write it anew.
  await writeFile(page, 'as it was')
  expect(await world.prepare()).toEqual(nothing)
  await utimes(world.path('src/app/main.ts'), 1, 1)
  await writeFile(world.path('src/app/main.test.ts'), '')
  expect(await world.prepare()).toEqual(nothing)
  expect(await readFile(page, 'utf8')).toBe('as it was')

  for (const [file, text] of [
    ['src/app/main.ts', `document.title = 'two'`],
    ['package-lock.json', '{}'],
  ] as const) {
    await writeFile(world.path(file), text)
    expect((await world.prepare()).stdout).toMatch(/^Building the app again[^\n]*\n$/)
    expect(await readFile(page, 'utf8')).toContain('<script')
    expect(await world.prepare()).toEqual(nothing)
  }
  await rm(world.path('dist/app'), { recursive: true })
  expect((await world.prepare()).stdout).toContain('Building the app')
})

test('a build that failed is told in words, and is made again once it can be', async () => {
  await using world = await createProject()
  await world.prepare()
  const source = await readFile(world.path('src/app/main.ts'))
  await writeFile(world.path('src/app/main.ts'), 'const = ;')
  const failed = await world.prepare()
  expect(failed.code).toBe(1)
  expect(failed.stderr).toContain('The app could not be built')
  await writeFile(world.path('src/app/main.ts'), source)
  expect((await world.prepare()).stdout).toContain('Building the app')
})

test('where a missing build cannot be made, one line says what to do', async () => {
  await using world = await createProject()
  // Nobody writes below a file, not even root, whom no mode stops.
  await writeFile(world.path('dist'), '')
  const missing = await world.prepare()
  expect(missing).toMatchObject({ code: 1, stdout: '' })
  expect(missing.stderr).toMatch(/^The built app is missing,[^\n]* Run "npm run build"[^\n]*\n$/)
})
