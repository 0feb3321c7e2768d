import { expect, test } from 'vitest'
import { createRateLimitGate } from './rate-limit-gate.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { SimulatedLimiter } from './simulated-limiter.ts'

test('a burst takes all slots but one, and the rest go exactly when a slot frees', async () => {
  const clock = new SimulatedClock()
  const limiter = new SimulatedLimiter({ clock })
  const gate = createRateLimitGate({ clock, random: Math.random, openChannel: null, locks: null })
  const sent: number[] = []
  const refused: number[] = []
  for (let count = 0; count < 125; count += 1) {
    void gate.run({ lane: 'transfer', purpose: 'uploads' }, async () => {
      sent.push(clock.now())
      await clock.sleep(10)
      const verdict = limiter.take()
      if (verdict.status === 429) refused.push(clock.now())
      await clock.sleep(30)
      return verdict
    })
  }
  await clock.advance(300_000)
  console.log(sent.join(' '))
  console.log(refused)
  expect(sent.length).toBe(125)
})
