import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { meReply } from '#contract/account.ts'

const address = /http:\/\/127\.0\.0\.1:\d+/
const anyKey = /csb_live_[0-9A-Za-z]{28}/
const main = fileURLToPath(new URL('../main.js', import.meta.url))

type Program = {
  origin: string
  /** What it wrote to standard output and standard error so far. */
  output(): { stdout: string; stderr: string }
  stop(): Promise<void>
}

/** Runs the server as `npm start` does, with every log line there is, until it wrote `lastLine`. */
async function startProgram(dataFolder: string, lastLine: RegExp): Promise<Program> {
  const env = { BARKEEP_DATA: dataFolder, PORT: '0', BARKEEP_LOG_LEVEL: 'trace' }
  const child: ChildProcess = spawn(process.execPath, [main], { env })
  const written = { stdout: '', stderr: '' }
  child.stderr?.on('data', (bytes) => {
    written.stderr += bytes
  })
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`It ended: ${written.stderr}`)))
    child.stdout?.on('data', (bytes) => {
      written.stdout += bytes
      if (lastLine.test(written.stdout)) resolve()
    })
  })
  return {
    origin: address.exec(written.stdout)?.[0] ?? '',
    output: () => written,
    async stop() {
      child.removeAllListeners('exit')
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

test('the first start shows a key and a password that work, later ones neither, and no log line holds them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-first-'))
  try {
    const first = await startProgram(folder, /Name and password manage keys/)
    const ask = (origin: string, key: string) =>
      fetch(`${origin}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } })
    const key = anyKey.exec(first.output().stdout)?.[0] ?? ''
    const password = /\b[0-9A-Za-z]{20}\b/.exec(first.output().stdout)?.[0] ?? ''
    const me = meReply.parse(await (await ask(first.origin, key)).json())
    expect(me).toMatchObject({ username: 'owner', plan: 'pro' })
    const signIn = await fetch(`${first.origin}/api/auth/sign-in/username`, {
      method: 'POST',
      headers: { origin: first.origin, 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'owner', password }),
    })
    expect(signIn.status).toBe(200)
    const cookie =
      decodeURIComponent(signIn.headers.getSetCookie()[0] ?? '').split(/[=.;]/)[2] ?? ''
    // Refusals and nonsense are logged too.
    await ask(first.origin, `${key}x`)
    await fetch(`${first.origin}/api/v1/files?path=/${key}/`, { headers: { authorization: key } })
    await first.stop()

    const second = await startProgram(folder, address)
    expect((await ask(second.origin, key)).status).toBe(200)
    expect(second.output().stdout).not.toMatch(/csb_live_[0-9A-Za-z]|Password/)
    await second.stop()

    // The control: requests are logged, so a key in them would be.
    expect(first.output().stderr).toContain('/api/v1/me')
    for (const secret of [key.slice('csb_live_'.length), password, cookie]) {
      expect(secret.length).toBeGreaterThan(15)
      expect(first.output().stderr).not.toContain(secret)
      expect(second.output().stderr).not.toContain(secret)
      expect(second.output().stdout).not.toContain(secret)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
