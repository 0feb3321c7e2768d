import { connect } from 'node:net'

export type RawReply = { status: number; headers: Record<string, string>; body: string }

/**
 * Sends bytes as they are, which no HTTP client would, and reads one answer by its Content-Length
 * (or to the end of the connection). Interim 1xx answers are skipped.
 */
export async function sendRaw(
  origin: string,
  request: string | Uint8Array,
  signal?: AbortSignal,
): Promise<RawReply> {
  const { hostname, port } = new URL(origin)
  const socket = connect({ host: hostname, port: Number(port), ...(signal && { signal }) })
  socket.write(request)
  let text = ''
  try {
    for await (const chunk of socket) {
      text = `${text}${(chunk as Buffer).toString('latin1')}`.replace(
        /^HTTP\/1\.1 1\d\d[\s\S]*?\r\n\r\n/,
        '',
      )
      const reply = readReply(text)
      if (reply) return reply
    }
  } finally {
    socket.destroy()
  }
  throw new Error(`The connection ended without a whole answer: ${JSON.stringify(text)}`)
}

/** Sends bytes as they are; resolves with all that came when the server has closed the connection. */
export async function sendUntilClosed(origin: string, request: string): Promise<string> {
  const { hostname, port } = new URL(origin)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.setEncoding('latin1').write(request)
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

function readReply(text: string): RawReply | null {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const body = text.slice(end + 4)
  if (body.length < Number(headers['content-length'] ?? 0)) return null
  return { status: Number(statusLine.split(' ')[1]), headers, body }
}
