import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { startBucket } from './bucket.ts'
import { startPostgres } from './postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where tests ask for an engine by its name; it is started for the first that asks. */
    engines: string
    /** What the servers of tests keep their rows in. */
    store: 'embedded' | 'shared'
  }
}

/** What an engine tells of itself, as text. */
type Started = { told: string; stop(): Promise<void> }

const engines: Record<string, () => Promise<Started>> = {
  async '/postgres'() {
    const postgres = await startPostgres()
    return { told: postgres.url, stop: postgres.stop }
  },
  async '/bucket'() {
    const bucket = await startBucket()
    return { told: JSON.stringify(bucket), stop: bucket.stop }
  },
}

/** One of each for all test files of a run, and none for a run that needs none. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const started = new Map<string, Promise<Started>>()
  const server = createServer(async ({ url = '' }, response) => {
    try {
      const engine = started.get(url) ?? engines[url]?.()
      if (engine) started.set(url, engine)
      response.end((await engine)?.told)
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  provide('engines', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return async () => {
    server.close()
    server.closeAllConnections()
    for (const engine of started.values()) await (await engine.catch(() => null))?.stop()
  }
}
