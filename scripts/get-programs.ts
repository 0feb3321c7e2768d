import { delimiter, join } from 'node:path'
import { findChromium, hasHeadlessShell } from './find-chromium.ts'
import { findProgram } from './find-program.ts'
import { type Errand, getProgram } from './get-program.ts'
import { findPackageManager, type PackageManager } from './install-packages.ts'
import { installRelease } from './install-release.ts'
import { chromium, curl, ffmpeg, type Program, ytDlp } from './program.ts'
import { runProgram } from './run-program.ts'

const project = join(import.meta.dirname, '..')
// The server looks in this folder too.
const binFolder = join(project, '.barkeep/bin')
const searchPath = process.env.PATH ?? ''
const system = `${process.platform} ${process.arch}`
// Tests need every program; without them `npm start` still serves all but video imports.
const isForTests = process.argv.includes('--for-tests')

let packageManager: Promise<PackageManager | null> | undefined

async function installPackage(program: Program): Promise<void> {
  packageManager ??= findPackageManager(searchPath, process.getuid?.() === 0)
  const found = await packageManager
  if (found === null) throw new Error('There is no package manager that needs no password.')
  await found.install(program)
}

function videoErrand(program: Program): Errand {
  const places = `${searchPath}${delimiter}${binFolder}`
  return {
    program,
    isThere: async () => (await findProgram(program.name, places)) !== null,
    // Its makers' release first: it is the newest, and video sites break old ones.
    ways: [() => installRelease(program, binFolder), installPackage],
  }
}

const chromiumErrand: Errand = {
  program: chromium,
  isThere: async () => hasHeadlessShell(await findChromium()),
  // The package first: it brings the libraries that a bare machine lacks.
  ways: [
    installPackage,
    async () => {
      // With its windows Chromium only takes longer, which is no reason for a download.
      if ((await findChromium()) !== null) return
      const playwright = join(project, 'node_modules/.bin/playwright')
      await runProgram(playwright, ['install', 'chromium'], { seconds: 600 })
    },
  ],
}

const curlErrand: Errand = {
  program: curl,
  isThere: async () => (await findProgram(curl.name, searchPath)) !== null,
  ways: [installPackage],
}

/** Loaded for tests alone: a start knows of no engine. */
async function bucketErrand(): Promise<Errand> {
  const { installBucket, isBucketThere, swift } = await import('./engines/bucket.ts')
  return { program: swift, isThere: isBucketThere, ways: [installBucket] }
}

const say = (line: string) => process.stdout.write(`${line}\n`)
const errands = [videoErrand(ytDlp(system)), videoErrand(ffmpeg(system))]
if (isForTests) errands.push(chromiumErrand, curlErrand, await bucketErrand())

for (const errand of errands) {
  const { program, isThere, reasons } = await getProgram(errand, say)
  if (isThere) continue
  if (program === chromium && (await findChromium()) !== null) continue
  say(
    `${program.name} is missing: no ${program.neededFor} without it. ` +
      `Install it with "${installCommand(program)}". (${reasons.join(' ')})`,
  )
  if (isForTests) process.exitCode = 1
}

function installCommand(program: Program): string {
  if (program === chromium) return 'npx --no playwright install --with-deps chromium'
  return process.platform === 'darwin'
    ? `brew install ${program.homebrewFormula}`
    : `sudo apt-get install --no-install-recommends ${program.name}`
}
