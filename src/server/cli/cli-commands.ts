import { createUser, type User } from '#server/account/users-repository.ts'
import { makeApiKey } from '#server/api-keys/make-api-key.ts'
import { isoTime } from '#server/core/clock.ts'
import {
  type Arguments,
  CliFailure,
  type CommandName,
  readPlan,
  readState,
  readWantedKey,
  requireOption,
  wrongUsage,
} from './cli-arguments.ts'
import type { CliStore } from './cli-store.ts'

/**
 * Reads its arguments before it returns the work: a wrong command line must not touch the store.
 */
type Command = (given: Arguments) => (store: CliStore) => Promise<string>

/** Each command; its work resolves with what goes to standard output. */
export const runners: Record<Exclude<CommandName, 'move'>, Command> = {
  'keys create'(given) {
    const username = requireOption(given, 'user')
    const wanted = readWantedKey(given)
    return async (store) => {
      const user = await findUser(store, username)
      return (await makeApiKey(store, user.id, wanted)).secret
    }
  },

  'keys list'(given) {
    const username = requireOption(given, 'user')
    return async (store) => {
      const user = await findUser(store, username)
      const keys = await store.apiKeys.list(user.id)
      return formatTable(
        ['ID', 'NAME', 'KEY', 'SCOPES', 'CREATED', 'EXPIRES', 'LAST USED'],
        keys.map((key) => [
          key.id,
          key.name,
          key.key_prefix + key.key_last4,
          key.scopes.join(','),
          key.created_at,
          key.expires_at ?? 'never',
          key.last_used_at ?? 'never',
        ]),
      )
    }
  },

  'keys revoke':
    ({ word }) =>
    async (store) => {
      const isFound = await store.apiKeys.revoke(word, { now: store.clock.now() })
      if (!isFound) throw new CliFailure(1, `There is no key with the id "${word}".`)
      return `Revoked ${word}.`
    },

  'users create'(given) {
    const plan = readPlan(given) ?? 'pro'
    return async (store) => (await createUser(store, { username: given.word, plan })).password
  },

  'users set'(given) {
    const plan = readPlan(given)
    const state = readState(given)
    if (!plan && !state) throw wrongUsage('"users set" needs --plan or --state.')
    return async ({ users, ...store }) => {
      const user = await findUser({ users, ...store }, given.word)
      const now = new Date(store.clock.now())
      if (plan) await users.setPlan(user.id, plan, now)
      if (state) await users.setState(user.id, state, now)
      return `${user.username} is ${state ?? user.state} with the plan ${plan ?? user.plan}.`
    }
  },

  'users list': () => async (store) =>
    formatTable(
      ['NAME', 'PLAN', 'STATE', 'CREATED'],
      (await store.users.list()).map((user) => [
        user.username,
        user.plan,
        user.state,
        isoTime(user.createdAt.getTime()),
      ]),
    ),
}

async function findUser({ users }: CliStore, username: string): Promise<User> {
  const user = await users.find(username)
  if (user) return user
  const known = (await users.list()).map((each) => each.username).join(', ')
  // The server makes the first account a moment after it began to listen.
  const others =
    known === '' ? 'The first start makes the account "owner".' : `There are: ${known}.`
  throw new CliFailure(1, `There is no account named "${username}". ${others}`)
}

/** Columns for reading; cells are never cut, and control characters of a name reach no terminal. */
function formatTable(head: string[], rows: string[][]): string {
  const lines = [head, ...rows.map((row) => row.map(withoutControls))]
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  )
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Control characters would move a terminal's cursor: each becomes U+FFFD. */
export function withoutControls(text: string): string {
  return text.replaceAll(/\p{Control}/gu, '\uFFFD')
}
