import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { ApiFailure } from './api-failure.ts'
import { errorBody } from './error-reply.ts'

const notHttp = new ApiFailure('invalid_request', 'This is not a request that HTTP/1.1 knows.')
const tooLarge = new ApiFailure('invalid_request', 'The request line and headers are too large.')
const tooSlow = new ApiFailure('invalid_request', 'The request took too long to arrive.')
const unknownExpectation = new ApiFailure(
  'invalid_request',
  'The only expectation that can be met is "100-continue".',
)

/** Node answers what its parser refuses with an empty body; every answer here is JSON. */
export function answerParserError(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const failure =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? tooLarge
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? tooSlow
        : notHttp
  const body = JSON.stringify(errorBody(failure))
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroySoon(),
  )
}

/** Takes over the answers to `Expect` from Node, which would ask for the body before any check. */
export function answerExpectations(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response)
  })
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.stringify(errorBody(unknownExpectation))
    response.writeHead(400, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    })
    response.end(body)
  })
}
