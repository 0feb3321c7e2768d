import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { faultMark, watchReply } from './watch-replies.ts'

// Loaded into a server that is a process of its own, before it: its answers are held against the
// OpenAPI document, too, and what breaks it is a line on stderr that its test fails by.

subscribe('http.server.request.start', (message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
  watchReply(request, response, (fault) => process.stderr.write(`${faultMark}${fault.message}\n`))
})
