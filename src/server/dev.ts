import { viteAppPages } from '#server/http/send/vite-pages.ts'
import { runServer } from '#server/start/run-server.ts'

// The same server, with the app from its sources instead of the built one.
await runServer({ pages: viteAppPages() })
