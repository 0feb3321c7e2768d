import { parseArgs } from 'node:util'
import * as z from 'zod/mini'
import { accountStates, plans } from '#contract/account.ts'
import { createApiKeyBody, scopes } from '#contract/api-keys.ts'
import type { WantedApiKey } from '#server/api-keys/make-api-key.ts'

type OptionName =
  | ('user' | 'name' | 'scopes' | 'expires' | 'plan' | 'state')
  | ('to-database' | 'to-bucket' | 'to-folder')

/** What each command takes: options, and at most one bare word, named as the help names it. */
const commands = {
  'keys create': { options: ['user', 'name', 'scopes', 'expires'], word: null },
  'keys list': { options: ['user'], word: null },
  'keys revoke': { options: [], word: 'KEY_ID' },
  'users create': { options: ['plan'], word: 'NAME' },
  'users set': { options: ['plan', 'state'], word: 'NAME' },
  'users list': { options: [], word: null },
  move: { options: ['to-database', 'to-bucket', 'to-folder'], word: null },
} as const satisfies Record<string, { options: OptionName[]; word: string | null }>

export type CommandName = keyof typeof commands

export type Arguments = {
  command: CommandName
  word: string
  options: Partial<Record<OptionName, string>>
}

/**
 * Parses what follows `barkeep`; null where help was asked for. @throws CliFailure for wrong
 * usage
 */
export function readArguments(given: string[]): Arguments | null {
  if (given.length === 0 || given.includes('--help') || given.includes('-h')) return null
  const [first = '', second = ''] = given
  const command = isCommand(first) ? first : `${first} ${second}`.trim()
  if (!isCommand(command)) throw wrongUsage(`There is no command "${command}".`)
  const { options, word } = commands[command]
  const parsed = parse(given.slice(command.split(' ').length), options)
  const [bare, ...more] = parsed.positionals
  if (word !== null && !bare) throw wrongUsage(`"${command}" needs a ${word}.`)
  const surplus = word === null ? bare : more[0]
  if (surplus !== undefined) throw wrongUsage(`"${command}" does not take "${surplus}".`)
  return { command, word: bare ?? '', options: parsed.values }
}

function isCommand(text: string): text is CommandName {
  return Object.hasOwn(commands, text)
}

function parse(args: string[], names: readonly OptionName[]) {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true })
    return parsed as { positionals: string[]; values: Arguments['options'] }
  } catch (error) {
    // Node's sentence goes on with advice about "--" that helps nobody here.
    const [sentence] = (error as Error).message.split('. ')
    throw wrongUsage(`${sentence?.replace(/\.$/, '')}.`)
  }
}

/** The option's text. @throws CliFailure when it is missing or empty */
export function requireOption({ command, options }: Arguments, name: OptionName): string {
  const text = options[name]
  if (!text) throw wrongUsage(`"${command}" needs --${name}.`)
  return text
}

/** `--plan`; undefined when it was not given. @throws CliFailure for any other word */
export function readPlan({ options }: Arguments) {
  return readWord('plan', options.plan, plans)
}

/** `--state`; undefined when it was not given. @throws CliFailure for any other word */
export function readState({ options }: Arguments) {
  return readWord('state', options.state, accountStates)
}

function readWord<Word extends string>(
  name: OptionName,
  text: string | undefined,
  words: readonly Word[],
): Word | undefined {
  const word = words.find((each) => each === text)
  if (text !== undefined && word === undefined) {
    throw wrongUsage(`--${name} is one of ${words.join(', ')}, not "${text}".`)
  }
  return word
}

/**
 * The key that `keys create` is to make. @throws CliFailure for a scope, date or name that cannot
 * be
 */
export function readWantedKey(given: Arguments): WantedApiKey {
  const wanted = createApiKeyBody.safeParse({
    name: requireOption(given, 'name'),
    ...(given.options.scopes !== undefined && { scopes: readScopes(given.options.scopes) }),
    expires_at: given.options.expires === undefined ? null : readExpiry(given.options.expires),
  })
  if (wanted.success) return wanted.data
  throw wrongUsage(wanted.error.issues[0]?.message ?? 'No such key can be made.')
}

function readScopes(text: string): string[] {
  const named = text.split(',').map((scope) => scope.trim())
  const unknown = named.find((scope) => !scopes.some((known) => known === scope))
  if (unknown === undefined) return named
  throw wrongUsage(`--scopes takes ${scopes.join(', ')} with commas between, not "${unknown}".`)
}

function readExpiry(text: string): string {
  if (z.iso.date().safeParse(text).success) return `${text}T00:00:00Z`
  if (z.iso.datetime({ offset: true }).safeParse(text).success) return text
  throw wrongUsage(`--expires is a day like 2027-01-01 that exists, not "${text}".`)
}

/** One line for people, and what the shell is told: 2 for wrong usage, 1 for anything else. */
export class CliFailure extends Error {
  readonly exitCode: 1 | 2

  constructor(exitCode: 1 | 2, message: string) {
    super(message)
    this.name = 'CliFailure'
    this.exitCode = exitCode
  }
}

/** A wrong command line; the message points to the help. */
export function wrongUsage(message: string): CliFailure {
  return new CliFailure(2, `${message} See: ./barkeep --help`)
}
