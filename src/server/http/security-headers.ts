import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/**
 * Headers for every answer. The app may do what it does and nothing else: it shows no picture but
 * its own icon, no film and no frame. What only works over https (HSTS, upgrading, isolation by COOP)
 * is off: Barkeep also runs as plain http in a home network, where those break it or fill the console
 * with warnings.
 */
export async function addSecurityHeaders(
  app: FastifyInstance,
  { isUnderDevelopment }: { isUnderDevelopment: boolean },
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: !isUnderDevelopment && {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // The app has none; a service worker would stay when whoever smuggled it in is gone.
        workerSrc: ["'none'"],
        // Libraries for dialogs set styles while they run; scripts are what must not be inline.
        styleSrc: ["'self'", "'unsafe-inline'"],
        connectSrc: ["'self'"],
        imgSrc: ["'self'"],
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
}
