import type { Plan } from '#contract/account.ts'
import { randomText } from '#server/api-keys/api-key-secret.ts'
import { ApiFailure } from '#server/http/api-failure.ts'
import type { LoadWebAuth } from './load-web-auth.ts'
import { isUsername, placeholderEmail, usernameRule } from './username.ts'
import type { UsersRepository } from './users-repository.ts'

/**
 * Makes an account. `password` is random and its only copy: it is stored as a hash.
 * Throws ApiFailure `invalid_request` for a name that is taken or no username.
 */
export async function createUser(
  { loadWebAuth, users }: { loadWebAuth: LoadWebAuth; users: UsersRepository },
  { username, plan }: { username: string; plan: Plan },
): Promise<{ id: string; password: string }> {
  if (!isUsername(username)) throw new ApiFailure('invalid_request', usernameRule)
  if (await users.find(username)) {
    throw new ApiFailure('invalid_request', `There is an account named "${username}" already.`)
  }
  const password = randomText(20)
  const webAuth = await loadWebAuth(false)
  const { user } = await webAuth.api.createUser({
    body: {
      email: placeholderEmail(username),
      name: username,
      password,
      role: 'user',
      data: { username, displayUsername: username, plan },
    },
  })
  return { id: user.id, password }
}
