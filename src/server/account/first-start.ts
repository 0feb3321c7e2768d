import { createApiKeyBody, scopes } from '#contract/api-keys.ts'
import type { LoadWebAuth } from '#server/account/web-session/load-web-auth.ts'
import type { ApiKeyRepository } from '#server/api-keys/api-key-repository.ts'
import { makeApiKey } from '#server/api-keys/make-api-key.ts'
import type { Clock } from '#server/core/clock.ts'
import type { Locks } from '#server/core/locks.ts'
import type { UsersRepository } from './users-repository.ts'
import { createUser } from './users-repository.ts'

export type FirstStart = { username: string; password: string; secret: string }

type Deps = {
  loadWebAuth: LoadWebAuth
  users: UsersRepository
  apiKeys: ApiKeyRepository
  clock: Clock
  /** Two who start at once make one account. */
  locks: Locks
}

/**
 * Makes the account `owner` and its first key where there is no account yet; null afterwards.
 * What it returns cannot be read again: print it.
 */
export function prepareFirstStart(deps: Deps): Promise<FirstStart | null> {
  return deps.locks.run(['first start'], async () => {
    if (!(await deps.users.isEmpty())) return null
    const username = 'owner'
    const { id, password } = await createUser(deps, { username, plan: 'pro' })
    const wanted = createApiKeyBody.parse({ name: 'First key', scopes: [...scopes] })
    const { secret } = await makeApiKey(deps, id, wanted)
    return { username, password, secret }
  })
}
