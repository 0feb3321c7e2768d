import { findProgram } from './find-program.ts'
import type { Program } from './program.ts'
import { runProgram } from './run-program.ts'

export type PackageManager = {
  /** @throws Error when the manager has no such package or fails. */
  install(program: Program): Promise<void>
}

/**
 * The system's package manager, where it needs no password: apt-get for root, Homebrew for anybody.
 * Null where there is none.
 */
export async function findPackageManager(
  searchPath: string,
  isRoot: boolean,
): Promise<PackageManager | null> {
  const aptGet = await findProgram('apt-get', searchPath)
  if (aptGet !== null && isRoot) return createAptGet(aptGet)
  const brew = await findProgram('brew', searchPath)
  if (brew !== null) return createHomebrew(brew)
  return null
}

function createAptGet(command: string): PackageManager {
  const run = (args: string[]) =>
    runProgram(
      command,
      ['-o', 'Acquire::http::Timeout=15', '-o', 'DPkg::Lock::Timeout=300', ...args],
      {
        seconds: 600,
        env: { DEBIAN_FRONTEND: 'noninteractive' },
      },
    )
  // Package lists of a fresh machine are empty or old, and once is enough for all programs.
  let updated: Promise<string> | null = null
  return {
    async install(program) {
      updated ??= run(['update'])
      await updated
      await run(['install', '--yes', '--no-install-recommends', program.name])
    },
  }
}

function createHomebrew(command: string): PackageManager {
  return {
    async install(program) {
      if (program.homebrewFormula === null)
        throw new Error(`Homebrew has no formula for ${program.name}.`)
      await runProgram(command, ['install', program.homebrewFormula], { seconds: 900 })
    },
  }
}
