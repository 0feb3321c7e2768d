import type { ClientRequest, IncomingMessage } from 'node:http'

/**
 * The answer to a request that was sent. What breaks after the headers is told by its body.
 * @throws the connection's error, also where a source closes or switches protocols instead
 */
export function awaitAnswer(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    // A 101 that nobody asked for is neither an answer nor an error to Node: it only closes.
    outgoing.on('close', () =>
      reject(Object.assign(new Error('closed without an answer'), { code: 'ECONNRESET' })),
    )
  })
}
