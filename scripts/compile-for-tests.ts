import { join } from 'node:path'
import { compileServer } from './compile-server.ts'

/** Tests start the server as a process a hundred times, and kill it before it could fill the cache. */
export async function setup(): Promise<void> {
  await compileServer(join(import.meta.dirname, '..'))
}
