import { networkInterfaces } from 'node:os'
import type { FastifyInstance } from 'fastify'
import { type Config, ConfigError } from '#server/core/config.ts'

/** Listens; resolves with the address to open in a browser. @throws ConfigError when it cannot */
export async function listenOn(
  app: FastifyInstance,
  { host, port }: Pick<Config, 'host' | 'port'>,
): Promise<string> {
  try {
    await app.listen({ host, port, listenTextResolver: (address) => `listening on ${address}` })
  } catch (error) {
    throw explain(error, host, port)
  }
  const address = app.server.address()
  const actualPort = typeof address === 'object' && address ? address.port : port
  return `http://${hostForLinks(host)}:${actualPort}`
}

/** Ends within the grace, whatever runs: who still waits then is cut off. */
export async function closeWithin(app: FastifyInstance): Promise<void> {
  const { graceMs } = app.connectionLimits
  const endAt = performance.now() + graceMs
  // More than once: until imports have stopped, connections still come in.
  const timer = setInterval(
    () => {
      if (performance.now() >= endAt) app.server.closeAllConnections()
    },
    Math.min(graceMs, 100),
  )
  try {
    await app.close()
  } finally {
    clearInterval(timer)
  }
}

/** "All addresses" is nowhere to go to: links then name the machine as its network knows it. */
function hostForLinks(host: string): string {
  if (host === '0.0.0.0' || host === '::') {
    const outward = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal)
    return outward?.address ?? '127.0.0.1'
  }
  return host.includes(':') ? `[${host}]` : host
}

function explain(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EADDRINUSE') {
    return new ConfigError(
      `Port ${port} on ${host} is in use. Stop what uses it, or set PORT to another one.`,
    )
  }
  if (code === 'EACCES') {
    return new ConfigError(`Port ${port} may not be used by this user. Set PORT to 1024 or more.`)
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new ConfigError(`HOST "${host}" is no address of this machine.`)
  }
  return error
}
