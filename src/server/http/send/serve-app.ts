import { existsSync } from 'node:fs'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import helmet from 'helmet'
import { notFound } from '#server/http/request/error-reply.ts'

/** Puts the app's pages on the server. `isUnderDevelopment`: its scripts are inline, so no strict policy. */
export type AppPages = {
  isUnderDevelopment: boolean
  add(app: FastifyInstance): Promise<void>
}

/** The app as `vite build` wrote it to `folder`: every address that is no file there is the app. */
export function builtAppPages(folder: string): AppPages {
  return {
    isUnderDevelopment: false,
    async add(app) {
      const isBuilt = existsSync(join(folder, 'index.html'))
      // One route a file: a catch-all would take every path there is, the API's too.
      const files = {
        root: folder,
        setHeaders: setCaching,
        index: false as const,
        wildcard: false,
        preCompressed: true,
      }
      if (isBuilt) await app.register(fastifyStatic, files)
      app.setNotFoundHandler((request, reply) => {
        // A script of an older build that is gone must not be answered with a page.
        const isPage = isBuilt && !request.url.startsWith('/assets/')
        if (!isPage) throw notFound(request, reply)
        return sendIndex(reply)
      })
      if (!isBuilt) return
      app.get('/', (_request, reply) => sendIndex(reply))
      // The service worker takes it; it comes here where there is none, and what was shared is not read.
      const onRequest = (_request: FastifyRequest, reply: FastifyReply) =>
        void reply.redirect('/import?shared=', 303)
      app.post('/share-target', { onRequest }, () => {})
    },
  }
}

function sendIndex(reply: FastifyReply): FastifyReply {
  return reply.code(200).sendFile('index.html')
}

function setCaching(reply: FastifyReply, path: string): void {
  // Names under assets/ carry a hash of their content; all else may change under its name. The icon is
  // asked for twice on each page, by the browser and by the page, and may be a day old.
  const isHashed = /[/\\]assets[/\\]/.test(path)
  const others = path.endsWith('icon.svg') ? 'public, max-age=86400' : 'no-cache'
  reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : others)
}

/**
 * Headers for every answer. The app may do what it does and nothing else: it reads and shows stored
 * files of its own origin and of `filesFrom` (a gateway's service, a bucket), which run nothing. What only works over https (HSTS, upgrading, isolation by COOP)
 * is off: Barkeep also runs as plain http in a home network, where those break it or fill the console
 * with warnings.
 */
export function addSecurityHeaders(
  app: FastifyInstance,
  { isUnderDevelopment, filesFrom }: { isUnderDevelopment: boolean; filesFrom: string | null },
): void {
  const stored = ["'self'", ...(filesFrom === null ? [] : [filesFrom])]
  const setHeaders = helmet({
    contentSecurityPolicy: !isUnderDevelopment && {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // Its own alone: what else is asked for as one is refused below.
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        // Libraries for dialogs set styles while they run; scripts are what must not be inline.
        styleSrc: ["'self'", "'unsafe-inline'"],
        connectSrc: stored,
        // `blob:` is what the page made itself: subtitles, a smaller picture.
        imgSrc: [...stored, 'blob:'],
        mediaSrc: [...stored, 'blob:'],
        frameSrc: stored,
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    hsts: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    frameguard: { action: 'deny' },
  })
  // Made once, for they are always the same: helmet writes the policy anew for each answer.
  const answer = new ServerResponse(new IncomingMessage(new Socket()))
  setHeaders(answer.req, answer, () => {})
  const headers = answer.getHeaders()
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers)
    // One that was smuggled in would stay when whoever did it is gone. Pages cannot take this header away.
    const isWorker = request.headers['service-worker'] !== undefined
    done(isWorker && request.url !== '/service-worker.js' ? notFound(request, reply) : undefined)
  })
}

/** For an answer that goes out past Fastify: it has the headers that were set so far. */
export function hijackWithHeaders(reply: FastifyReply): void {
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value)
  }
}
