import type { FastifyInstance } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import type { Route } from '#server/http/route/route.ts'
import type { SiteCookies } from './site-cookies-repository.ts'

/** Saving, listing and deleting the sign-in cookies of sites. Nothing reads them out. */
export function addCookiesRoutes(
  app: FastifyInstance,
  { route, siteCookies }: { route: Route<{ userId: string }>; siteCookies: SiteCookies },
): void {
  route(app, endpoints.cookies, async ({ key }) => ({
    ...{ status: 'ok' as const, sites: await siteCookies.list(key.userId) },
  }))
  route(app, endpoints.saveCookies, async ({ key, body }) => ({
    status: 'ok' as const,
    saved: await siteCookies.save(key.userId, body.site, body.cookies),
  }))
  route(app, endpoints.deleteCookies, async ({ key, body }) => {
    await siteCookies.delete(key.userId, body.site)
    return { status: 'ok' as const }
  })
}
