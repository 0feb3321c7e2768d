import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

export type Cable = {
  origin: string
  /** Where connections go from now on. */
  plugInto(port: number): void
  /** Refuses and resets connections until `mend`. */
  unplug(): void
  mend(): void
  /** As new: whole, at full speed, with no fault to come and no connection, seen from another address. */
  mendAll(): void
  /** Cuts the connection that first carries so many bytes upwards, once. */
  cutAfter(bytes: number): void
  /** Resets the next connection whose whole request went up, before its answer comes down. Once. */
  loseNextAnswerTo(requestLine: RegExp): void
  /** Keeps back what comes down, until it is called with false. */
  holdAnswers(isHeld: boolean): void
  /** How often `cutAfter` and `loseNextAnswerTo` struck: a test whose fault never came proves nothing. */
  struck(): number
  /** Bytes that went up since it was as new. */
  carried(): number
  /** Slows what goes up, per connection; null is full speed. */
  slowTo(bytesPerSecond: number | null): void
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * A TCP proxy between browser and server: the only way to break a running transfer, for Playwright's
 * offline mode leaves open connections alone.
 */
export async function startCable(): Promise<Cable> {
  const sockets = new Set<Socket>()
  let target = 0
  let isPlugged = true
  let cutAt: number | null = null
  let speed: number | null = null
  let lost: RegExp | null = null
  let struck = 0
  let carriedUp = 0
  let uses = 1
  const losing = new Map<Socket, RegExp>()
  let held: (() => void)[] | null = null

  const server = createServer((down) => {
    if (!isPlugged) {
      down.resetAndDestroy()
      return
    }
    const up = connect({ port: target, host: '127.0.0.1', localAddress: address() })
    up.on('close', () => losing.delete(up))
    for (const socket of [down, up]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
    }
    down.on('close', () => up.destroy())
    up.on('close', () => down.destroy())
    carryUp(down, up).catch(() => down.destroy())
    carryDown(up, down)
  })

  /**
   * What the server takes its client for: who comes later must not be counted among those before. Other
   * systems than Linux have one loopback address.
   */
  function address(): string {
    return process.platform === 'linux' ? `127.1.${uses >> 8}.${uses & 255}` : '127.0.0.1'
  }

  async function carryUp(down: Socket, up: Socket): Promise<void> {
    let carried = 0
    for await (const chunk of down as AsyncIterable<Buffer>) {
      carried += chunk.length
      carriedUp += chunk.length
      if (isTimeToCut(carried)) {
        // Cut before its answer: another one's answer is lost.
        lost ??= losing.get(up) ?? null
        return void down.resetAndDestroy()
      }
      noteLostAnswer(chunk, up)
      if (speed !== null) await wait((chunk.length / speed) * 1000, undefined, { ref: false })
      if (!up.write(chunk)) await once(up, 'drain')
    }
    up.end()
  }

  function isTimeToCut(carried: number): boolean {
    if (cutAt === null || carried < cutAt) return false
    cutAt = null
    struck += 1
    return true
  }

  function noteLostAnswer(chunk: Buffer, up: Socket): void {
    if (!lost?.test(chunk.toString('latin1'))) return
    losing.set(up, lost)
    lost = null
  }

  function carryDown(up: Socket, down: Socket): void {
    up.on('data', (chunk: Buffer) => {
      if (losing.has(up)) {
        losing.delete(up)
        struck += 1
        down.resetAndDestroy()
      } else if (held) held.push(() => down.write(chunk))
      else if (!down.destroyed) down.write(chunk)
    })
    up.on('end', () => down.end())
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    plugInto: (next) => {
      target = next
    },
    unplug() {
      isPlugged = false
      cut()
    },
    mend: () => {
      isPlugged = true
    },
    mendAll() {
      cut()
      isPlugged = true
      cutAt = null
      speed = null
      lost = null
      held = null
      struck = 0
      carriedUp = 0
      uses += 1
    },
    cutAfter: (bytes) => {
      cutAt = bytes
    },
    loseNextAnswerTo: (requestLine) => {
      lost = requestLine
    },
    holdAnswers(isHeld) {
      const release = held ?? []
      held = isHeld ? release : null
      if (!isHeld) for (const write of release) write()
    },
    struck: () => struck,
    carried: () => carriedUp,
    slowTo: (bytesPerSecond) => {
      speed = bytesPerSecond
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      cut()
      await closed
    },
  }
}
