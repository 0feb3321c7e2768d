import { join } from 'node:path'
import { stateOfBuild } from './app-build.ts'
import { canWrite, compileServer } from './compile-server.ts'
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

function refuse(line: string): void {
  process.stderr.write(`${line}\n`)
  process.exitCode = 1
}

await prepareApp()
if (process.exitCode === undefined) await compileServer(project)
