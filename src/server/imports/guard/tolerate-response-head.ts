import { Duplex } from 'node:stream'
import { ImportFailure } from '#server/imports/tasks/import-failure.ts'
import {
  checkStartOfHead,
  type ResponseHead,
  responseHeadMaxBytes,
  rewriteResponseHead,
} from './response-head.ts'

/**
 * A connection to a source, for Node's HTTP client to read: the head of the answer is made strict
 * (`rewriteResponseHead`), informational answers before it are dropped, and chunks end as Node
 * knows it; all else passes as it is. Takes the connection over. Its error is an ImportFailure where the head is none.
 */
export function tolerateResponseHead(connection: Duplex): Duplex {
  const head = createHeadReader()
  /** Of the body; null while the head is not whole. More than a source announced is not part of it. */
  let left: number | null = null
  let chunks: ChunkReader | null = null

  function pass(chunk: Buffer): void {
    const whole = left === null ? head.add(chunk) : null
    if (left !== null) push(chunk)
    if (whole === null) return
    left = whole.length ?? Number.POSITIVE_INFINITY
    if (/^transfer-encoding:.*chunked/im.test(whole.text)) chunks = createChunkReader()
    tolerant.push(Buffer.from(whole.text, 'latin1'))
    push(whole.rest)
  }
  function push(bytes: Buffer): void {
    const body = bytes.subarray(0, left ?? 0)
    left = (left ?? 0) - body.length
    if (body.length > 0 && !tolerant.push(body)) connection.pause()
    // Node's parser takes lines that end in LF alone, save the last one: it waits for one more.
    if (chunks?.endsBare(body)) tolerant.push('\n')
  }
  const tolerant = new Duplex({
    read: () => void connection.resume(),
    write: (chunk, _encoding, done) => void connection.write(chunk, done),
    final: (done) => void connection.end(done),
    destroy(error, done) {
      connection.destroy()
      done(error)
    },
  })
  connection.on('data', (chunk: Buffer) => {
    try {
      pass(chunk)
    } catch (error) {
      tolerant.destroy(error as Error)
    }
  })
  connection.on('end', () => {
    try {
      if (left === null) head.end()
      tolerant.push(null)
    } catch (error) {
      tolerant.destroy(error as Error)
    }
  })
  connection.on('error', (error) => tolerant.destroy(error))
  connection.on('close', () => {
    // Closed without end or error: it was cut off.
    if (!connection.readableEnded) tolerant.destroy()
  })
  return tolerant
}

type ChunkReader = {
  /** Whether the empty line after the last chunk is in these bytes, and ends in LF alone. */
  endsBare(bytes: Buffer): boolean
}

/** Follows a chunked body from size to size, in steps of whole chunks and lines. */
function createChunkReader(): ChunkReader {
  let dataLeft = 0
  let line = ''
  let isAfterLast = false
  let isOver = false

  /** Takes a size, a trailer, or the empty line after a chunk or at the end; returns where it ends. */
  function takeLine(bytes: Buffer, start: number): number {
    const lineEnd = bytes.indexOf('\n', start)
    const end = lineEnd === -1 ? bytes.length : lineEnd
    line += bytes.toString('latin1', start, Math.min(end, start + 64))
    if (lineEnd === -1) return bytes.length
    readLine(line.replace(/\r+$/, ''))
    if (!isOver) line = ''
    return lineEnd + 1
  }
  function readLine(text: string): void {
    if (isAfterLast) isOver = text === ''
    else if (text !== '') {
      dataLeft = Number.parseInt(text, 16) || 0
      isAfterLast = dataLeft === 0
    }
  }

  return {
    endsBare(bytes) {
      const wasOver = isOver
      for (let at = 0; at < bytes.length && !isOver; ) {
        const data = Math.min(dataLeft, bytes.length - at)
        dataLeft -= data
        at = data > 0 ? at + data : takeLine(bytes, at)
      }
      return isOver && !wasOver && line === ''
    },
  }
}

type HeadReader = {
  /** A strict head, and what came after it; null while it is not whole. */
  add(chunk: Buffer): (ResponseHead & { rest: Buffer }) | null
  /** @throws ImportFailure where all that came is no beginning of a head */
  end(): void
}

/** Looks at each byte once, so a source that sends them one by one costs no more. */
function createHeadReader(): HeadReader {
  const held = createGrowingBuffer()
  let headStart = 0
  let lineStart = 0
  let hasLines = false

  /** Takes the line that ends here; returns the head once it is the empty one at the end of an answer's. */
  function takeLine(lineEnd: number): ReturnType<HeadReader['add']> {
    const isEmpty = /^\r*$/.test(held.text(lineStart, Math.min(lineEnd, lineStart + 8)))
    lineStart = lineEnd + 1
    // Blank lines before a status line do not end the head.
    if (!isEmpty || !hasLines) {
      hasLines ||= !isEmpty
      return null
    }
    const found = rewriteResponseHead(held.text(headStart, lineEnd))
    if (found.status >= 200 || found.status === 101) {
      return { ...found, rest: held.from(lineStart) }
    }
    // "100 Continue" and early hints: the answer itself follows.
    headStart = lineStart
    hasLines = false
    return null
  }

  return {
    add(chunk) {
      const searched = held.length()
      held.append(chunk)
      let lineEnd = held.indexOf('\n', searched)
      while (lineEnd !== -1) {
        const ready = takeLine(lineEnd)
        if (ready !== null) return ready
        if (lineStart > responseHeadMaxBytes) throw tooLarge()
        lineEnd = held.indexOf('\n', lineStart)
      }
      checkStartOfHead(held.text(headStart, headStart + 64))
      if (held.length() > responseHeadMaxBytes) throw tooLarge()
      return null
    },
    end: () => checkStartOfHead(held.text(headStart, headStart + 64), true),
  }
}

function createGrowingBuffer() {
  let bytes = Buffer.alloc(4096)
  let length = 0
  return {
    length: () => length,
    append(chunk: Buffer): void {
      if (length + chunk.length > bytes.length) {
        const larger = Buffer.alloc(Math.max(bytes.length * 2, length + chunk.length))
        bytes.copy(larger, 0, 0, length)
        bytes = larger
      }
      chunk.copy(bytes, length)
      length += chunk.length
    },
    indexOf: (text: string, from: number) => bytes.subarray(0, length).indexOf(text, from),
    from: (start: number) => bytes.subarray(start, length),
    text: (start: number, end: number) => bytes.toString('latin1', start, Math.min(end, length)),
  }
}

function tooLarge(): ImportFailure {
  return new ImportFailure(
    'bad_answer',
    'The headers of the answer are larger than 256 KiB; browsers refuse such an answer, too.',
  )
}
