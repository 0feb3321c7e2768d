import { expect, test } from 'vitest'
import { ok, person, sendMany, startGate, times, transfer } from '#app/testing/simulated-limiter.ts'
import type { Lane } from './gated-request.ts'

test('a transfer is sent 50 ms after the slot it waits for was surely free, to the millisecond', async () => {
  const { clock, sent, send, startsAt } = startGate({ limit: 3 })
  await clock.finish(sendMany(send, transfer, 2))
  void send(transfer)
  await clock.runUntil(startsAt + 60_089)
  expect(times(sent)).toEqual([0, 0])
  await clock.advance(100)
  // Sent at 0, answered at 40: 40 + 60,000 + 50.
  expect(times(sent)).toEqual([0, 0, 60_090])
})

test('while nobody is there transfers leave one slot, and a click takes it at once', async () => {
  const { clock, gate, sent, send } = startGate()
  void sendMany(send, transfer, 70)
  await clock.advance(30_000)
  expect(sent).toHaveLength(59)
  expect(gate.getSnapshot().remaining).toBe(1)
  const clicked = clock.now() - 1_000
  void send(person)
  await clock.advance(100)
  expect(sent.at(-1)).toEqual({ lane: 'person', at: clicked, status: 200 })
})

test('for 15 s after somebody did something eight slots stay free, then one', async () => {
  const { clock, gate, sent, send } = startGate()
  gate.notePersonActive()
  void sendMany(send, transfer, 70)
  await clock.advance(14_999)
  expect(sent).toHaveLength(52)
  await clock.advance(1_000)
  expect(sent).toHaveLength(59)
})

test('lanes go before one another, and inside a lane who came first is first', async () => {
  const { clock, gate, send } = startGate({ limit: 2 })
  await clock.finish(sendMany(send, person, 2))
  const order: string[] = []
  const ask = (lane: Lane, name: string) =>
    gate.run({ lane, purpose: 'browsing' }, async () => {
      order.push(name)
      return ok
    })
  void ask('background', 'background')
  void ask('polling', 'polling')
  void ask('transfer', 'transfer 1')
  void ask('transfer', 'transfer 2')
  void ask('person', 'person')
  await clock.advance(400_000)
  expect(order[0]).toBe('person')
  expect(order.indexOf('transfer 1')).toBeLessThan(order.indexOf('transfer 2'))
  expect(order).toHaveLength(5)
})

test('polling is not starved by a long upload: one goes ahead each ten seconds', async () => {
  const { clock, sent, send } = startGate()
  void sendMany(send, transfer, 600)
  await clock.advance(100_000)
  void sendMany(send, { lane: 'polling', purpose: 'imports' }, 3)
  await clock.advance(180_000)
  expect(sent.filter(({ lane }) => lane === 'polling')).toHaveLength(3)
  expect(sent.filter(({ status }) => status === 429)).toEqual([])
})

test('a call that is cancelled while it waits gives its place to the next and fails as AbortError', async () => {
  const { clock, gate, send } = startGate({ limit: 1 })
  await clock.finish(send(person))
  const left = new AbortController()
  const cancelled = gate.run({ ...person, signal: left.signal }, async () => ok)
  const next = send(person)
  await clock.advance(1_000)
  expect(gate.getSnapshot().waiting.person).toBe(2)
  left.abort()
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' })
  expect(gate.getSnapshot().waiting.person).toBe(1)
  await clock.advance(59_090)
  await clock.finish(next)
})

test('waiting calls can be re-ordered until they are sent', async () => {
  const { clock, gate, send } = startGate({ limit: 1 })
  await clock.finish(send(person))
  const order: string[] = []
  const ranks: Record<string, number> = { first: 1, second: 2 }
  for (const name of ['first', 'second']) {
    void gate.run({ ...person, order: () => ranks[name] ?? 0 }, async () => {
      order.push(name)
      return ok
    })
  }
  ranks.second = 0
  await clock.advance(200_000)
  expect(order).toEqual(['second', 'first'])
})

test('the snapshot tells what waits, for how long, and what the last minute was used for', async () => {
  const { clock, gate, send } = startGate({ limit: 10 })
  await clock.finish(sendMany(send, person, 4))
  void sendMany(send, transfer, 12)
  await clock.advance(20_000)
  const snapshot = gate.getSnapshot()
  expect(snapshot.waiting).toEqual({ person: 0, transfer: 7, polling: 0, background: 0 })
  expect(snapshot.waitsMs).toBeGreaterThan(39_000)
  expect(snapshot.waitsMs).toBeLessThan(61_000)
  const purposes = snapshot.recent.map(({ purpose }) => purpose)
  expect(purposes).toEqual([...Array(4).fill('browsing'), ...Array(5).fill('uploads')])
})

test('an estimate for many transfers says how long they then take', async () => {
  const { clock, gate, send } = startGate()
  await clock.finish(sendMany(send, person, 3))
  await clock.advance(20_000)
  const startedAt = clock.now()
  const estimate = gate.estimateMs(400)
  await clock.finish(sendMany(send, transfer, 400))
  expect(Math.abs(clock.now() - startedAt - estimate)).toBeLessThan(3_000)
})

test('closing ends what waits with AbortError and sends nothing more', async () => {
  const { clock, gate, sent, send } = startGate({ limit: 1 })
  await clock.finish(send(person))
  const waiting = send(person)
  gate.close()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  await clock.advance(120_000)
  expect(sent).toHaveLength(1)
})

test('whoever watches is told when a slot frees, although nothing is sent', async () => {
  const { clock, gate, send } = startGate()
  await clock.finish(send(person))
  const seen: number[] = []
  const stop = gate.subscribe(() => seen.push(gate.getSnapshot().remaining))
  await clock.advance(61_000)
  expect(seen.at(-1)).toBe(60)
  stop()
})

test('a crowd of requests is told ten times a second, and the last of it is told', async () => {
  const { clock, gate, send } = startGate({ limit: 100_000 })
  await clock.finish(send(person))
  let told = 0
  const stop = gate.subscribe(() => {
    told += 1
  })
  const startedAt = clock.now()
  const crowd = Array.from({ length: 500 }, (_, index) =>
    clock.sleep(index * 4).then(() => send(transfer)),
  )
  await clock.finish(Promise.all(crowd))
  const seconds = (clock.now() - startedAt) / 1000
  await clock.advance(100)
  stop()
  expect(told).toBeGreaterThan(10)
  expect(told).toBeLessThanOrEqual(seconds * 10 + 3)
  expect(gate.getSnapshot().remaining).toBe(100_000 - 501)
})

test('how long requests take is known whatever the limit', async () => {
  const { clock, gate, send } = startGate({ limit: 2 ** 40 })
  await clock.finish(send(person))
  expect(gate.estimateMs(30_000)).toBe(0)
  const small = startGate({ limit: 3 })
  await small.clock.finish(small.send(person))
  // Two slots are used, one is kept for a person: they come round every 60.05 s.
  expect([1, 2, 3].map((requests) => small.gate.estimateMs(requests))).toEqual([0, 0, 60_050])
})

test('any mixture of clicks, uploads and polls is sent whole and never refused', async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = seeded(seed)
    const { clock, sent, send } = startGate({
      limit: 5 + Math.floor(random() * 80),
      epochMs: random() * 2e12,
    })
    const calls = Array.from({ length: 150 }, async () => {
      await clock.sleep(random() * 120_000)
      const lane = (['person', 'transfer', 'polling', 'background'] as const)[
        Math.floor(random() * 4)
      ]
      await send({ lane: lane ?? 'person', purpose: 'browsing' }, random() * 2_000)
    })
    await clock.finish(Promise.all(calls))
    const refused = sent.filter(({ status }) => status !== 200).length
    expect({ seed, refused, sent: sent.length }).toEqual({ seed, refused: 0, sent: 150 })
  }
})

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
