import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigError } from '#server/core/config.ts'
import type { Metrics } from './metrics.ts'

export type MetricsServer = { address: string; close(): void }

/**
 * Shows metrics at an address of their own, `/metrics`: they are for whoever runs the server, and what
 * reaches the server from outside must not reach them. @throws ConfigError when it cannot listen there
 */
export async function serveMetrics(
  { read }: Pick<Metrics, 'read'>,
  { host, port }: { host: string; port: number },
): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: 10_000 }, async (request, response) => {
    const isAsked = request.url === '/metrics' && /^(GET|HEAD)$/.test(request.method ?? '')
    if (!isAsked) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Metrics are at /metrics.\n')
      return
    }
    try {
      const { type, text } = await read()
      response.writeHead(200, { 'content-type': type }).end(text)
    } catch {
      response.writeHead(500).end()
    }
  })
  const name = host.includes(':') ? `[${host}]` : host
  server.listen({ host, port })
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new ConfigError(
      `BARKEEP_METRICS: ${name}:${port} cannot be listened on (${code}). Set it to an address of this machine and a port that is free.`,
    )
  }
  const { port: actual } = server.address() as AddressInfo
  return {
    address: `http://${name}:${actual}/metrics`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
