import { execFile } from 'node:child_process'
import { access, constants, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { stateOfBuild } from './app-build.ts'
import { readStamp, stampOf } from './content-stamp.ts'
import './get-programs.ts'

// What `npm start` does before the server: all of it once, and again only after something changed.

const project = join(import.meta.dirname, '..')
const say = (line: string) => process.stdout.write(`${line}\n`)

async function prepareApp(): Promise<void> {
  const state = await stateOfBuild(project)
  if (state === 'current') return
  const built = join(project, 'dist/app')
  if (!(await canWrite(built))) {
    refuse(
      `The built app is ${state}, and ${built} cannot be written. Run "npm run build" as somebody who may write there, then start again.`,
    )
    return
  }
  say(
    state === 'missing'
      ? 'Building the app, which takes some seconds: the next start will not …'
      : 'Building the app again: its sources have changed …',
  )
  const { build } = await import('vite')
  await build({ root: project, logLevel: 'warn' }).catch((error: Error) =>
    refuse(`The app could not be built: ${error.message}`),
  )
}

/** Fills the compile cache (see src/server/start/compile-cache.js). Where it cannot be, the server starts without. */
async function prepareServer(): Promise<void> {
  const file = join(project, 'node_modules/.cache/barkeep/stamp')
  const stamp = await stampOf(project, ['src/{server,contract}/**', 'package-lock.json'])
  if ((await readStamp(file)) === stamp || !(await canWrite(file))) return
  const compile = join(project, 'src/server/start/compile.js')
  try {
    await promisify(execFile)(process.execPath, ['--max-semi-space-size=2', compile])
    await writeFile(file, stamp)
  } catch {
    // The server itself says what is wrong, or does without the cache.
  }
}

/** Whether `path`, or the nearest folder that is there, can be written. */
async function canWrite(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return false
    return await canWrite(dirname(path))
  }
}

function refuse(line: string): void {
  process.stderr.write(`${line}\n`)
  process.exitCode = 1
}

await prepareApp()
if (process.exitCode === undefined) await prepareServer()
