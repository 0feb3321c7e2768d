import { viteAppPages } from './http/vite-pages.ts'
import { runServer } from './run-server.ts'

// The same server, with the app from its sources instead of the built one.
await runServer({ pages: viteAppPages() })
