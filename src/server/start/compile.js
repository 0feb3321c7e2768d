import './compile-cache.js'

// Fills the cache before a start, in a process of its own: what it takes would stay with the server.
await import('./run-server.ts')
await import('#server/account/web-session/web-auth.ts')
