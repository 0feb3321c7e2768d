import { apiKeyPrefix } from '#contract/api-keys.ts'
import { type Config, ConfigError } from '#server/config.ts'
import { ApiFailure } from '#server/http/api-failure.ts'
import { readArguments } from './cli-arguments.ts'
import { runners } from './cli-commands.ts'
import { CliFailure } from './cli-failure.ts'
import { help } from './cli-help.ts'
import { withoutControls } from './cli-table.ts'

/** `stdout` holds what was asked for and nothing else, `stderr` one line that says what went wrong. */
export type CliOutcome = { exitCode: 0 | 1 | 2; stdout: string; stderr: string }

/** Does what the words after `barkeep` say. Never throws. */
export async function runCli(given: string[], readConfig: () => Config): Promise<CliOutcome> {
  try {
    const stdout = `${await run(given, readConfig)}\n`
    return { exitCode: 0, stdout, stderr: '' }
  } catch (error) {
    return { exitCode: exitCodeOf(error), stdout: '', stderr: `${toLine(wordsOf(error))}\n` }
  }
}

async function run(given: string[], readConfig: () => Config): Promise<string> {
  const parsed = readArguments(given)
  if (!parsed) return help.trimEnd()
  const work = runners[parsed.command](parsed)
  // Only now: loading the store takes longer than everything else here together.
  const { openCliStore } = await import('./cli-store.ts')
  await using store = await openCliStore(readConfig())
  return await work(store)
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
