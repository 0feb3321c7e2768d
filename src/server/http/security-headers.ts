import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/**
 * Headers for every answer. `linkOrigin` is where share links point: pictures and films come from
 * there. What only works over https (HSTS, upgrading, isolation by COOP) is off: Barkeep also runs
 * as plain http in a home network, where those break it or fill the console with warnings.
 */
export async function addSecurityHeaders(
  app: FastifyInstance,
  options: { linkOrigin(): string; isUnderDevelopment: boolean },
): Promise<void> {
  const { linkOrigin } = options
  // An upstream's links lie on hosts of its own, always https.
  const media = ["'self'", 'https:', 'blob:', linkOrigin]
  await app.register(helmet, {
    contentSecurityPolicy: !options.isUnderDevelopment && {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // The app has none; a service worker would stay when whoever smuggled it in is gone.
        workerSrc: ["'none'"],
        // Libraries for dialogs set styles while they run; scripts are what must not be inline.
        styleSrc: ["'self'", "'unsafe-inline'"],
        connectSrc: ["'self'"],
        imgSrc: [...media, 'data:'],
        mediaSrc: media,
        fontSrc: ["'self'"],
        manifestSrc: ["'self'"],
        frameSrc: ["'self'", linkOrigin],
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
