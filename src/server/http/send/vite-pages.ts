import { once } from 'node:events'
import type { FastifyInstance } from 'fastify'
import { type AppPages, hijackWithHeaders } from './serve-app.ts'

/** The app from its sources, with hot reload, on the same server and port as the API. */
export function viteAppPages(): AppPages {
  return {
    isUnderDevelopment: true,
    async add(app: FastifyInstance) {
      // Not at the top: Vite is a development dependency, and an installed server has none.
      const { createServer } = await import('vite')
      const vite = await createServer({
        appType: 'spa',
        server: { middlewareMode: true, hmr: { server: app.server } },
      })
      app.addHook('onClose', () => vite.close())
      app.setNotFoundHandler(async (request, reply) => {
        hijackWithHeaders(reply)
        const isAnswered = once(reply.raw, 'close')
        vite.middlewares(request.raw, reply.raw, () => reply.raw.writeHead(404).end())
        await isAnswered
      })
    },
  }
}
