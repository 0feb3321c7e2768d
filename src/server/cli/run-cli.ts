import { apiKeyPrefix } from '#contract/api-keys.ts'
import { type Config, ConfigError } from '#server/core/config.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { CliFailure, readArguments } from './cli-arguments.ts'
import { runners, withoutControls } from './cli-commands.ts'

/** `stdout` holds what was asked for and nothing else, `stderr` one line that says what went wrong. */
export type CliOutcome = { exitCode: 0 | 1 | 2; stdout: string; stderr: string }

/** Reads the settings, with these in the place of the environment's own. @throws ConfigError */
export type ReadConfig = (instead?: Record<string, string>) => Config

/**
 * Does what the words after `barkeep` say; `tell` hears how far work is that takes long. Never throws.
 */
export async function runCli(
  given: string[],
  readConfig: ReadConfig,
  tell: (line: string) => void = () => {},
): Promise<CliOutcome> {
  try {
    if (given[0] === 'check') return await check(given.slice(1), readConfig)
    const stdout = `${await run(given, readConfig, tell)}\n`
    return { exitCode: 0, stdout, stderr: '' }
  } catch (error) {
    return { exitCode: exitCodeOf(error), stdout: '', stderr: `${toLine(wordsOf(error))}\n` }
  }
}

async function run(
  given: string[],
  readConfig: ReadConfig,
  tell: (line: string) => void,
): Promise<string> {
  const parsed = readArguments(given)
  if (!parsed) return help.trimEnd()
  const { command } = parsed
  if (command === 'move') {
    const { move } = await import('./move.ts')
    return await move(parsed, readConfig, tell)
  }
  const work = runners[command](parsed)
  // Only now: loading the store takes longer than everything else here together.
  const { openCliStore } = await import('./cli-store.ts')
  await using store = await openCliStore(readConfig())
  return await work(store)
}

/** Its report is what was asked for, whatever it says; the exit code says whether all is well. */
async function check(given: string[], readConfig: () => Config): Promise<CliOutcome> {
  const { readCheck, runCheck } = await import('./run-check.ts')
  const wanted = given.includes('--help') || given.includes('-h') ? null : readCheck(given)
  if (wanted === null) return { exitCode: 0, stdout: help, stderr: '' }
  const { openCliStore } = await import('./cli-store.ts')
  const config = readConfig()
  await using store = await openCliStore(config)
  const { text, isWell } = await runCheck(wanted, config, store.database)
  const lines = text.split('\n').map(withoutControls).join('\n')
  return { exitCode: isWell ? 0 : 1, stdout: `${lines}\n`, stderr: '' }
}

function exitCodeOf(error: unknown): 1 | 2 {
  if (error instanceof CliFailure) return error.exitCode
  return error instanceof ConfigError ? 2 : 1
}

function wordsOf(error: unknown): string {
  const isForPeople =
    error instanceof CliFailure || error instanceof ConfigError || error instanceof ApiFailure
  return isForPeople ? error.message : `This failed: ${String(error).split('\n')[0]}`
}

/** One line that is safe to show, whatever stood on the command line: also a key in the place of an id. */
function toLine(words: string): string {
  return withoutControls(words.replaceAll(/\s*\n\s*/g, ' ')).replaceAll(
    new RegExp(`${apiKeyPrefix}\\w+`, 'g'),
    `${apiKeyPrefix}[hidden]`,
  )
}

const help = `Barkeep's command line: ./barkeep in the project's folder, or its path from anywhere else.
It works on the server's data folder, also while the server runs; what it changes counts from
the next request on. Start it with the server's BARKEEP_DATA; unset, it is data/ in the project.
Where servers share a database, start it with their settings.

  ./barkeep keys create --user NAME --name TEXT [--scopes read,upload,import,manage] [--expires 2027-01-01]
      Makes an API key and prints it, alone, on standard output. It is shown this once.
      --expires takes a day (its first second in UTC) or a time like 2027-01-01T18:00:00+01:00.
  ./barkeep keys list --user NAME
  ./barkeep keys revoke KEY_ID

  ./barkeep users create NAME [--plan pro|free]
      Makes an account and prints its password, alone, on standard output. It is shown this once.
  ./barkeep users set NAME [--plan pro|free] [--state active|banned]
      Banning ends the account's web sessions, and its keys and share links open nothing.
  ./barkeep users list

<<<<<<< HEAD
  ./barkeep check [--deep]
      Compares what the database says with what is stored, also while servers run, and changes nothing.
      --deep reads every byte and compares its SHA-256. It ends with 1 where something is wrong.
=======
  ./barkeep move --to-database URL --to-bucket BUCKET
      Copies a data folder, whose server is stopped, into PostgreSQL and a bucket, which the settings
      BARKEEP_S3_… tell how to reach. Nothing changes where it was. Begun anew, it goes on.
  ./barkeep move --to-folder FOLDER
      Copies what BARKEEP_DATABASE_URL and BARKEEP_S3_BUCKET name into a new data folder, while no
      server runs on them.
>>>>>>> 328c438 (wip: move from the command line)

Exit codes: 0 done, 1 not done, 2 wrong usage.
`
