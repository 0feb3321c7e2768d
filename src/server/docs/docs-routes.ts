import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { SerializedReply } from '#server/http/route/serialized-reply.ts'
import { createOpenApi } from './openapi.ts'
import { createReferencePage } from './reference-page.ts'

const styleFile = new URL('reference.css', import.meta.url)

/**
 * The reference page. Its content policy allows its own style sheet and nothing else. `publicUrl`
 * is called for each request: it is known only once the server listens.
 */
export function addReferenceRoutes(
  app: FastifyInstance,
  options: { publicUrl: () => string; rateLimit: number; upstream: string | null },
): void {
  const page = madeOncePerOrigin('text/html; charset=utf-8', (origin) =>
    createReferencePage({ ...options, origin }),
  )
  app.get('/docs/api', async (request, reply) => {
    reply.header(
      'content-security-policy',
      "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    return (await page(options.publicUrl())).send(request, reply)
  })
  let style: Promise<SerializedReply> | null = null
  app.get('/docs/api.css', async (request, reply) => {
    style ??= readFile(styleFile, 'utf8').then((text) =>
      SerializedReply.makeDocument('text/css; charset=utf-8', text),
    )
    return (await style).send(request, reply)
  })
}

/** The OpenAPI document. In gateway mode this address belongs to the upstream. */
export function addOpenApiRoute(
  app: FastifyInstance,
  { publicUrl, version }: { publicUrl: () => string; version: string },
): void {
  const document = madeOncePerOrigin('application/json; charset=utf-8', (origin) =>
    JSON.stringify(createOpenApi(origin, version)),
  )
  app.get('/api/v1/openapi.json', async (request, reply) =>
    (await document(publicUrl())).send(request, reply),
  )
}

/** Writing the document takes 5 ms of the event loop: several other answers. */
function madeOncePerOrigin(type: string, write: (origin: string) => string) {
  let kept: { origin: string; made: Promise<SerializedReply> } | null = null
  return (origin: string): Promise<SerializedReply> => {
    if (kept?.origin !== origin) {
      kept = { origin, made: SerializedReply.makeDocument(type, write(origin)) }
    }
    return kept.made
  }
}
