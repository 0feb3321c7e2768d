import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { startTestServer } from '#server/testing/start-test-server.ts'

const project = resolve(import.meta.dirname, '../../..')
const launcher = join(project, 'barkeep')

type Outcome = { code: number; stdout: string; stderr: string }

/** Runs a program as somebody does whose machine has no Node of a fitting version on the PATH. */
function run(
  program: string,
  args: string[],
  { cwd, env }: { cwd: string; env?: Record<string, string> },
): Promise<Outcome> {
  const options = { cwd, env: { PATH: '/usr/bin:/bin', ...env } }
  return new Promise((done) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr })
    })
  })
}

const freshFolder = () => mkdtempDisposable(join(tmpdir(), 'barkeep launcher '))

test('the launcher works from any folder, through links and names with blanks, on the data it is told', async () => {
  await using server = await startTestServer()
  await using folder = await freshFolder()
  const cwd = folder.path
  await symlink(project, join(cwd, 'the project'))
  await symlink('the project/barkeep', join(cwd, 'a link'))
  await symlink(join(cwd, 'a link'), join(cwd, 'barkeep'))
  const env = { BARKEEP_DATA: server.dataFolder }
  for (const path of [launcher, './a link', './the project/barkeep', './barkeep']) {
    const { stdout, code } = await run(path, ['users', 'list'], { cwd, env })
    expect({ path, code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/owner/),
    })
  }
  const onPath = { ...env, PATH: `${cwd}:/usr/bin:/bin`, CDPATH: '/' }
  const { stdout } = await run('/bin/sh', ['-c', 'barkeep users list'], { cwd: '/', env: onPath })
  expect(stdout).toContain('owner')
})

test('a data folder that is not named is the project’s, wherever one stands', async () => {
  await using folder = await freshFolder()
  const asked = await run(launcher, ['users', 'list'], {
    cwd: folder.path,
    env: { BARKEEP_DATA: './no-such-data' },
  })
  expect(asked).toMatchObject({ code: 1, stdout: '' })
  expect(asked.stderr).toMatch(/^[^\n]*set BARKEEP_DATA[^\n]*\n$/)
  expect(asked.stderr).toContain(join(project, 'no-such-data'))
})

test('data that lies here, where a relative BARKEEP_DATA is not looked for, is told by its full path', async () => {
  await using folder = await freshFolder()
  await mkdir(join(folder.path, 'mine'))
  await writeFile(join(folder.path, 'mine/barkeep.db'), '')
  const { code, stderr } = await run(launcher, ['users', 'list'], {
    cwd: folder.path,
    env: { BARKEEP_DATA: 'mine' },
  })
  expect(code).toBe(2)
  expect(stderr).toContain(`set BARKEEP_DATA=${join(folder.path, 'mine')}`)
})

test('where npm ci was not run, or the launcher was copied away, it says in one line what to do', async () => {
  await using folder = await freshFolder()
  const copy = join(folder.path, 'barkeep')
  await copyFile(launcher, copy)
  const copied = await run(copy, ['--help'], { cwd: '/' })
  expect(copied).toMatchObject({ code: 1, stdout: '' })
  expect(copied.stderr).toMatch(/^[^\n]*ln -s[^\n]*\n$/)

  await mkdir(join(folder.path, 'src/server'), { recursive: true })
  await writeFile(join(folder.path, 'src/server/cli.ts'), '')
  const bare = await run(copy, ['--help'], { cwd: '/' })
  expect(bare).toMatchObject({ code: 1, stdout: '' })
  expect(bare.stderr).toBe(
    `Barkeep is not installed in ${folder.path}. Run "npm ci" there first.\n`,
  )
})

test('npx finds the command inside the folder, without asking any registry', async () => {
  await using folder = await freshFolder()
  // biome-ignore lint/style/noProcessEnv: npm is wherever the machine has it
  const { PATH = '' } = process.env
  const { stdout, stderr } = await run('npx', ['--offline', 'barkeep', '--help'], {
    cwd: join(project, 'src'),
    env: { PATH, HOME: folder.path, npm_config_registry: 'http://127.0.0.1:1/' },
  })
  expect(stderr).not.toContain('npm error')
  expect(stdout).toContain('./barkeep keys create')
})
