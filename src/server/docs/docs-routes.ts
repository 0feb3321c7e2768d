import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { createOpenApi } from './openapi.ts'
import { createReferencePage } from './reference-page.ts'

const styleFile = new URL('reference.css', import.meta.url)

/**
 * The reference for reading. Its policy allows its own style sheet and nothing else.
 * `publicUrl` is asked on each request, for it is known only once the server listens.
 */
export function addReferenceRoutes(
  app: FastifyInstance,
  parts: { publicUrl: () => string; rateLimit: number; upstream: string | null },
): void {
  app.get('/docs/api', async (_request, reply) => {
    reply.type('text/html; charset=utf-8')
    reply.header(
      'content-security-policy',
      "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    return createReferencePage({ ...parts, origin: parts.publicUrl() })
  })
  app.get('/docs/api.css', async (_request, reply) => {
    reply.type('text/css; charset=utf-8')
    return await readFile(styleFile)
  })
}

/** The API for programs. In gateway mode this address belongs to the upstream. */
export function addOpenApiRoute(
  app: FastifyInstance,
  { publicUrl, version }: { publicUrl: () => string; version: string },
): void {
  app.get('/api/v1/openapi.json', async () => createOpenApi(publicUrl(), version))
}
