#!/usr/bin/env node
import { readArguments } from './cli-arguments.ts'
import { runners } from './cli-commands.ts'
import { CliFailure } from './cli-failure.ts'
import { help } from './cli-help.ts'
import { ConfigError, readEnvironment } from './config.ts'
import { ApiFailure } from './http/api-failure.ts'

try {
  process.stdout.write(`${await run(process.argv.slice(2))}\n`)
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n`)
  process.exitCode = exitCodeOf(error)
}

async function run(given: string[]): Promise<string> {
  const parsed = readArguments(given)
  if (!parsed) return help.trimEnd()
  const work = runners[parsed.command](parsed)
  // Only now: loading the store takes longer than everything else here together.
  const { openCliStore } = await import('./cli-store.ts')
  await using store = await openCliStore(readEnvironment())
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
