import type { FastifyInstance } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import type { WebSession } from '#server/account/web-session/web-session.ts'
import { createOriginCheck } from '#server/account/web-session/web-session.ts'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Route } from '#server/http/route/route.ts'
import type { ApiKeyRepository } from './api-key-repository.ts'
import { makeApiKey } from './make-api-key.ts'

type Deps = {
  route: Route<unknown, WebSession>
  apiKeys: ApiKeyRepository
  clock: Clock
  publicUrl: string | null
}

/** Keys are managed by who signed in with a password, never with a key. */
export function addApiKeysRoutes(app: FastifyInstance, deps: Deps): void {
  const { route, apiKeys, clock, publicUrl } = deps
  app.register((scope, _options, done) => {
    scope.addHook('onRequest', createOriginCheck(publicUrl))

    route(scope, endpoints.listKeys, async ({ session }) => ({
      status: 'ok' as const,
      keys: await apiKeys.list(session.userId),
    }))

    route(scope, endpoints.createKey, async ({ session, body }) => ({
      status: 'ok' as const,
      ...(await makeApiKey({ apiKeys, clock }, session.userId, body)),
    }))

    route(scope, endpoints.revokeKey, async ({ session, body }) => {
      const { userId } = session
      const isFound = await apiKeys.revoke(body.id, { now: clock.now(), userId })
      if (!isFound) throw new ApiFailure('not_found', 'There is no such key.')
      return { status: 'ok' as const }
    })
    done()
  })
}
