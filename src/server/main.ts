import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Stripping types takes a compiler of 30 MB and half the time to start; what was stripped before is
// read from here. Not from the system's temporary folder, where others could write.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/barkeep'))
const { runServer } = await import('./run-server.ts')
await runServer()
