import { expect, test } from 'vitest'
import { createPollingLeader } from '#app/api/tabs/polling-leader.ts'
import { ManualClock } from '#app/testing/manual-clock.ts'
import { SimulatedLimiter } from '#app/testing/simulated-limiter.ts'
import { SimulatedTabs } from '#app/testing/simulated-tabs.ts'
import type { GateAsk } from './gated-request.ts'
import { createRateLimitGate, type RateLimitGate } from './rate-limit-gate.ts'

const person: GateAsk = { lane: 'person', purpose: 'browsing' }
const transfer: GateAsk = { lane: 'transfer', purpose: 'uploads' }
const keyId = 'k1'
const kinds = [
  { kind: 'with Web Locks', hasLocks: true },
  { kind: 'on plain http, without Web Locks', hasLocks: false },
]

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A browser whose tabs share one key, before the server's limiter. */
function startBrowser({
  hasLocks,
  seed = 1,
  delayMs = 5,
  limit = 60,
}: {
  hasLocks: boolean
  seed?: number
  delayMs?: number
  limit?: number
}) {
  const random = seeded(seed)
  const clock = new ManualClock(5_000)
  const limiter = new SimulatedLimiter({ clock, limit })
  const tabs = new SimulatedTabs({ clock, delayMs: () => random() * delayMs })
  const statuses: number[] = []
  const openLoneTab = () => createRateLimitGate(tabs.openTab(random, hasLocks))
  function openTab() {
    const gate = openLoneTab()
    gate.join(keyId)
    return gate
  }
  const send = (gate: RateLimitGate, ask: GateAsk, onSent = () => {}) =>
    gate.run(ask, async () => {
      onSent()
      await clock.sleep(10 + random() * 30)
      const verdict = limiter.take()
      statuses.push(verdict.status)
      await clock.sleep(10 + random() * 30)
      return verdict
    })
  const sendMany = (gate: RateLimitGate, ask: GateAsk, count: number) =>
    Promise.all(Array.from({ length: count }, () => send(gate, ask)))
  const refused = () => statuses.filter((status) => status === 429).length
  return { clock, tabs, random, openTab, openLoneTab, send, sendMany, statuses, refused }
}

test.for(kinds)('two tabs that each send 40 at once get no 429 $kind', async ({ hasLocks }) => {
  for (let seed = 1; seed <= 8; seed += 1) {
    const { clock, openTab, sendMany, statuses, refused } = startBrowser({ hasLocks, seed })
    const [one, two] = [openTab(), openTab()]
    await clock.finish(Promise.all([sendMany(one, transfer, 40), sendMany(two, transfer, 40)]))
    expect({ seed, sent: statuses.length, refused: refused() }).toEqual({
      seed,
      sent: 80,
      refused: 0,
    })
  }
})

test.for(kinds)(
  'three slow tabs still share: messages take up to 80 ms $kind',
  async ({ hasLocks }) => {
    for (let seed = 1; seed <= 4; seed += 1) {
      const { clock, openTab, sendMany, statuses, refused } = startBrowser({
        hasLocks,
        seed,
        delayMs: 80,
      })
      const gates = [openTab(), openTab(), openTab()]
      await clock.finish(Promise.all(gates.map((gate) => sendMany(gate, transfer, 40))))
      expect({ seed, sent: statuses.length, refused: refused() }).toEqual({
        seed,
        sent: 120,
        refused: 0,
      })
    }
  },
)

test.for(kinds)(
  'a click in one tab goes before the uploads of another $kind',
  async ({ hasLocks }) => {
    const { clock, openTab, send, sendMany } = startBrowser({ hasLocks })
    const [one, two] = [openTab(), openTab()]
    await clock.advance(1_000)
    void sendMany(one, transfer, 100)
    await clock.advance(30_000)
    const clickedAt = clock.now()
    let sentAt = 0
    await clock.finish(
      send(two, person, () => {
        sentAt = clock.now()
      }),
    )
    expect(sentAt - clickedAt).toBeLessThan(50)
  },
)

test.for(kinds)('every tab shows the same window $kind', async ({ hasLocks }) => {
  const { clock, openTab, sendMany } = startBrowser({ hasLocks })
  const [one, two] = [openTab(), openTab()]
  await clock.advance(1_000)
  await clock.finish(sendMany(one, person, 7))
  await clock.finish(sendMany(two, person, 5))
  await clock.advance(100)
  expect(one.getSnapshot()).toMatchObject({ remaining: 48, otherPrograms: 0 })
  expect(two.getSnapshot()).toMatchObject({ remaining: 48, otherPrograms: 0 })
})

test.for(kinds)(
  'when the leading tab is closed another goes on where it was $kind',
  async ({ hasLocks }) => {
    for (let seed = 1; seed <= 4; seed += 1) {
      const { clock, openTab, sendMany, refused } = startBrowser({ hasLocks, seed })
      const gates = [openTab(), openTab(), openTab()]
      await clock.advance(1_000)
      const uploads = gates.map((gate) => sendMany(gate, transfer, 40).catch(() => 'closed'))
      await clock.advance(seed * 40)
      gates[0]?.close()
      await clock.finish(Promise.all(uploads))
      expect({ seed, refused: refused() }).toEqual({ seed, refused: 0 })
    }
  },
)

test.for(kinds)(
  'what a tab sent before it joined is not taken for another program $kind',
  async ({ hasLocks }) => {
    const { clock, openTab, openLoneTab, send, sendMany, statuses } = startBrowser({ hasLocks })
    const one = openTab()
    await clock.advance(1_000)
    await clock.finish(sendMany(one, person, 3))
    const late = openLoneTab()
    await clock.finish(send(late, person))
    // The headers of the next answer count that one too, before the tab says that it was its own.
    await clock.finish(send(one, person))
    late.join(keyId)
    await clock.advance(1_000)
    expect(one.getSnapshot()).toMatchObject({ remaining: 55, otherPrograms: 0 })
    void sendMany(one, transfer, 60)
    await clock.advance(3_000)
    expect(statuses).toHaveLength(52)
  },
)

test.for(kinds)(
  'a tab that joins tells what it sent before it asks for more $kind',
  async ({ hasLocks }) => {
    const { clock, openTab, openLoneTab, send, sendMany, refused } = startBrowser({ hasLocks })
    const one = openTab()
    await clock.advance(1_000)
    await clock.finish(sendMany(one, person, 58))
    const late = openLoneTab()
    await clock.finish(send(late, person))
    late.join(keyId)
    void sendMany(late, person, 2)
    await clock.advance(1_000)
    expect(refused()).toBe(0)
    expect(one.getSnapshot().remaining).toBe(0)
  },
)

test('without locks a leader that falls silent is replaced', async () => {
  const { clock, tabs, openTab, send } = startBrowser({ hasLocks: false })
  const gates = [openTab(), openTab()]
  await clock.advance(1_000)
  await clock.finish(Promise.all(gates.map((gate) => send(gate, person))))
  tabs.crash(`barkeep-requests-${keyId}`, 0)
  tabs.crash(`barkeep-requests-${keyId}`, 2)
  const calls = Promise.any(gates.map((gate) => send(gate, person)))
  await clock.finish(calls)
  expect(clock.now()).toBeLessThan(5_000 + 1_000 + 5_000)
})

test('what a page sent before it was reloaded is not taken for another program', async () => {
  const { clock, openTab, sendMany } = startBrowser({ hasLocks: true })
  const before = openTab()
  await clock.advance(100)
  await clock.finish(sendMany(before, person, 30))
  const kept = before.keep()
  before.close()
  const after = openTab()
  after.takeOver(kept)
  await clock.advance(100)
  await clock.finish(sendMany(after, person, 1))
  expect(after.getSnapshot()).toMatchObject({ remaining: 29, otherPrograms: 0 })
})

test.for([
  { limit: 5, taken: 5, waitsMs: 60_000, what: 'a small full window is waited for' },
  { limit: 200, taken: 100, waitsMs: 0, what: 'a large one has room at once' },
])('a page that was reloaded knows how large the window is: $what', async (window) => {
  const { limit, taken, waitsMs } = window
  const { clock, openTab, sendMany, refused } = startBrowser({ hasLocks: true, limit })
  const before = openTab()
  await clock.advance(100)
  await clock.finish(sendMany(before, person, taken))
  const kept = before.keep()
  before.close()
  const reloadedAt = clock.now()
  const after = openTab()
  after.takeOver(kept)
  await clock.finish(sendMany(after, person, 1))
  expect(refused()).toBe(0)
  expect(Math.round((clock.now() - reloadedAt) / 1_000) * 1_000).toBe(waitsMs)
})

test('a browser without channels has tabs that know one another by the headers alone', async () => {
  const clock = new ManualClock()
  const limiter = new SimulatedLimiter({ clock })
  const [one, two] = [1, 2].map(() => {
    const gate = createRateLimitGate({ clock, random: () => 0.5, openChannel: null, locks: null })
    gate.join(keyId)
    return gate
  })
  await clock.advance(10)
  const send = (gate: RateLimitGate | undefined) => gate?.run(person, async () => limiter.take())
  await clock.finish(Promise.all(Array.from({ length: 20 }, () => send(one))))
  await clock.finish(Promise.resolve(send(two)))
  expect(two?.getSnapshot()).toMatchObject({ remaining: 39, otherPrograms: 20 })
})

test('two gates share one window over real channels and locks', async () => {
  const name = `real-${Math.random()}`
  const [one, two] = [1, 2].map(() => {
    const gate = createRateLimitGate()
    gate.join(name)
    return gate
  })
  const left = new AbortController()
  const full = Promise.withResolvers<void>()
  const statuses: number[] = []
  const send = (gate: RateLimitGate | undefined) =>
    gate?.run({ ...transfer, signal: left.signal }, async () => {
      const status = statuses.length < 60 ? 200 : 429
      statuses.push(status)
      if (statuses.length === 59) full.resolve()
      const remaining = Math.max(0, 60 - statuses.length)
      return { status, rateLimit: { limit: 60, remaining, resetAt: 60, retryAfter: null } }
    })
  const calls = [one, two].flatMap((gate) => Array.from({ length: 40 }, () => send(gate)))
  const settled = Promise.allSettled(calls)
  await full.promise
  left.abort()
  await settled
  one?.close()
  two?.close()
  expect(statuses).toEqual(Array(59).fill(200))
})

test.for(kinds)(
  'one tab polls, the others hear of it, and a tab that is looked at takes over $kind',
  async ({ hasLocks }) => {
    const { clock, tabs, random } = startBrowser({ hasLocks })
    const looked: (() => void)[] = []
    const leaders = [1, 2, 3].map(() =>
      createPollingLeader<string>({
        keyId,
        environment: tabs.openTab(random, hasLocks),
        onSeen(listener) {
          looked.push(listener)
          return () => {}
        },
      }),
    )
    const leading = () => leaders.map((leader) => leader.isLeader())
    await clock.advance(2_000)
    expect(leading().filter(Boolean)).toHaveLength(1)
    const follower = leading().indexOf(false)
    const heard: string[] = []
    leaders[follower]?.subscribe((message) => heard.push(message))
    leaders[leading().indexOf(true)]?.publish('42%')
    await clock.advance(100)
    expect(heard).toEqual(['42%'])
    looked[follower]?.()
    await clock.advance(100)
    expect(leading().indexOf(true)).toBe(follower)
    expect(leading().filter(Boolean)).toHaveLength(1)
    leaders[follower]?.close()
    await clock.advance(2_000)
    expect(leaders.filter((leader, at) => at !== follower && leader.isLeader())).toHaveLength(1)
  },
)
