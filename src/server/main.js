import './compile-cache.js'

const { runServer } = await import('./run-server.ts')
await runServer()
