import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { FirstStart } from '#server/account/first-start.ts'

const program = fileURLToPath(new URL('first-start-program.ts', import.meta.url))

/**
 * Makes the owner's account where there is none, as a process of its own on the same data: hashing a
 * password and the library for it take 50 MB, which the server would keep until it ends.
 */
export async function runFirstStart(): Promise<FirstStart | null> {
  const running = promisify(execFile)(process.execPath, [program])
  // Once nobody is left to show it, a password had better not be made.
  const kill = () => running.child.kill()
  process.once('exit', kill)
  const { stdout } = await running
  process.off('exit', kill)
  return JSON.parse(stdout)
}

/**
 * The words that end a first start: what to sign in with, on a terminal. Anywhere else standard
 * output is a log that others keep and read, so the secrets go to a file that its owner alone can
 * read, and the words are one line that says where.
 */
export async function tellFirstStart(
  firstStart: FirstStart,
  { dataFolder, isTerminal }: { dataFolder: string; isTerminal: boolean },
): Promise<string> {
  if (isTerminal) return `\nThis is shown once:\n${signInText(firstStart)}`
  const path = join(dataFolder, 'first-sign-in.txt')
  try {
    await writeForOwner(path, signInText(firstStart))
    return `The first password and API key are in ${path}: read it, then delete it.`
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return `The first password and API key could not be written to ${path} (${reason}). Make another key: ./barkeep keys create --user ${firstStart.username} --name first`
  }
}

function signInText({ username, password, secret }: FirstStart): string {
  return `  Name      ${username}
  Password  ${password}
  API key   ${secret}
To sign in, open the server's address and paste the API key. Name and password manage keys there.
`
}

/** Whole or not at all; what stands there under that name belongs to data that are gone. */
async function writeForOwner(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  {
    await using file = await open(draft, 'wx', 0o600)
    await file.writeFile(text)
    await file.sync()
  }
  await rename(draft, path)
}
