import '#server/start/compile-cache.js'

const { runServer } = await import('#server/start/run-server.ts')
await runServer()
