import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposable, readdir, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { meReply } from '#contract/account.ts'

const address = /http:\/\/127\.0\.0\.1:\d+/
const anyKey = /csb_live_[0-9A-Za-z]{28}/
const anyPassword = /\b[0-9A-Za-z]{20}\b/
const main = fileURLToPath(new URL('../main.js', import.meta.url))

type Program = AsyncDisposable & {
  origin: string
  /** What it wrote to standard output and standard error so far. */
  output(): { stdout: string; stderr: string }
  stop(): Promise<void>
}

/**
 * Runs the server as `npm start` does, with every log line there is, until it wrote `lastLine`.
 * @param on a `terminal` is util-linux's `script`, which shows the program one and copies what it says
 */
async function startProgram(
  dataFolder: string,
  lastLine: RegExp,
  on: 'pipe' | 'terminal' = 'pipe',
): Promise<Program> {
  const env = {
    PATH: '/usr/bin:/bin',
    ...{ BARKEEP_DATA: dataFolder, PORT: '0', BARKEEP_LOG_LEVEL: 'trace' },
  }
  // Ctrl-C is a byte on a terminal: standard input stays open for it.
  const stdio = ['pipe', 'pipe', 'pipe'] as const
  const command = `exec '${process.execPath}' '${main}' 2>'${dataFolder}/log'`
  const child =
    on === 'pipe'
      ? spawn(process.execPath, [main], { env, stdio: [...stdio] })
      : spawn('script', ['-qec', command, '/dev/null'], { env, stdio: [...stdio] })
  // Also where it never wrote that line. A terminal takes what runs on it along.
  onTestFinished(() => void child.kill('SIGKILL'))
  const written = { stdout: '', stderr: '' }
  child.stderr.on('data', (bytes) => {
    written.stderr += bytes
  })
  const ended = once(child, 'exit')
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`It ended: ${written.stdout}${written.stderr}`)))
    child.stdout.on('data', (bytes) => {
      written.stdout += bytes
      if (lastLine.test(written.stdout)) resolve()
    })
  })
  const end = async () => {
    if (on === 'pipe') child.kill('SIGTERM')
    else child.stdin.write('\x03')
    await ended
  }
  return {
    origin: address.exec(written.stdout)?.[0] ?? '',
    output: () => written,
    stop: end,
    [Symbol.asyncDispose]: end,
  }
}

const freshFolder = () => mkdtempDisposable(join(tmpdir(), 'barkeep-first-'))

const ask = (origin: string, key: string) =>
  fetch(`${origin}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } })

function signIn(origin: string, password: string): Promise<Response> {
  return fetch(`${origin}/api/auth/sign-in/username`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'owner', password }),
  })
}

test('without a terminal the first key and password go to a file of the owner’s, and no log line holds them', async () => {
  await using folder = await freshFolder()
  const file = join(folder.path, 'first-sign-in.txt')
  const first = await startProgram(folder.path, /first-sign-in\.txt[^\n]*\n/)
  const text = await readFile(file, 'utf8')
  const key = anyKey.exec(text)?.[0] ?? ''
  const password = anyPassword.exec(text)?.[0] ?? ''
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await readdir(folder.path)).filter((name) => name.startsWith('first-'))).toHaveLength(1)
  const told = first.output().stdout.split('\n')
  expect(told.filter((line) => line.includes(file))).toHaveLength(1)

  const me = meReply.parse(await (await ask(first.origin, key)).json())
  expect(me).toMatchObject({ username: 'owner', plan: 'pro' })
  const signedIn = await signIn(first.origin, password)
  expect(signedIn.status).toBe(200)
  const cookie =
    decodeURIComponent(signedIn.headers.getSetCookie()[0] ?? '').split(/[=.;]/)[2] ?? ''
  // Refusals and nonsense are logged too.
  await ask(first.origin, `${key}x`)
  await fetch(`${first.origin}/api/v1/files?path=/${key}/`, { headers: { authorization: key } })
  await first.stop()

  const second = await startProgram(folder.path, address)
  expect((await ask(second.origin, key)).status).toBe(200)
  expect(second.output().stdout).not.toContain('first-sign-in')
  expect(await readFile(file, 'utf8')).toBe(text)
  await second.stop()

  // The control: requests are logged, so a key in them would be.
  expect(first.output().stderr).toContain('/api/v1/me')
  for (const secret of [key.slice('csb_live_'.length), password, cookie]) {
    expect(secret.length).toBeGreaterThan(15)
    for (const { stdout, stderr } of [first.output(), second.output()]) {
      expect(stderr).not.toContain(secret)
      expect(stdout).not.toContain(secret)
    }
  }
})

test('on a terminal the first key and password are shown once, and no file holds them', async () => {
  await using folder = await freshFolder()
  const first = await startProgram(folder.path, /Name and password manage keys/, 'terminal')
  const { stdout } = first.output()
  const key = anyKey.exec(stdout)?.[0] ?? ''
  expect((await ask(first.origin, key)).status).toBe(200)
  const password = /Password\s+([0-9A-Za-z]{20})\b/.exec(stdout)?.[1] ?? ''
  expect((await signIn(first.origin, password)).status).toBe(200)
  await first.stop()
  expect(await readdir(folder.path)).not.toContain('first-sign-in.txt')
  expect(await readFile(join(folder.path, 'log'), 'utf8')).not.toContain(key)

  await using second = await startProgram(folder.path, address, 'terminal')
  expect(second.output().stdout).not.toMatch(/csb_live_|Password|first-sign-in/)
})
