import type { FastifyInstance } from 'fastify'
import type { ServerDescription } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'
import { rateLimitWindowSeconds } from '#contract/rate-limit.ts'
import type { AuthorizedKey } from '#server/api-keys/authenticate.ts'
import { isoTime } from '#server/core/clock.ts'
import type { Route } from '#server/http/route/route.ts'

type Deps = { route: Route<AuthorizedKey>; uploadMaxBytes: number }

/** `GET /me`. */
export function addAccountRoutes(app: FastifyInstance, { route, uploadMaxBytes }: Deps): void {
  route(app, endpoints.me, async ({ key, rateLimit }) => ({
    status: 'ok' as const,
    username: key.username,
    plan: key.plan,
    key: {
      id: key.id,
      name: key.name,
      scopes: key.scopes,
      key_prefix: key.prefix,
      key_last4: key.last4,
      created_at: isoTime(key.createdAt.getTime()),
      expires_at: key.expiresAt && isoTime(key.expiresAt.getTime()),
    },
    rate_limit: {
      limit: rateLimit.limit,
      remaining: rateLimit.remaining,
      reset: rateLimit.reset,
      window_seconds: rateLimitWindowSeconds,
    },
    limits: { upload_max_bytes: uploadMaxBytes },
  }))
}

/** `GET /api/server`: what runs at this address, so that the app can hide what is missing. */
export function addServerRoute(
  app: FastifyInstance,
  {
    mode,
    version,
    readAdditions,
  }: Pick<ServerDescription, 'mode' | 'version'> & { readAdditions(): Promise<string[]> },
): void {
  app.get(
    endpoints.server.path,
    async (): Promise<ServerDescription> => ({
      status: 'ok',
      mode,
      version,
      additions: await readAdditions(),
    }),
  )
}
