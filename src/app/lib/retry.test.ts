import { expect, test } from 'vitest'
import { createRetryPause } from './retry.ts'

function pauseInHand(random = 1) {
  const pauses: number[] = []
  const reconnects = new Set<() => void>()
  let fire = () => {}
  const pause = createRetryPause({
    after(delayMs, run) {
      pauses.push(delayMs)
      fire = run
      return () => {}
    },
    random: () => random,
    watchReconnects(onReconnect) {
      reconnects.add(onReconnect)
      return () => reconnects.delete(onReconnect)
    },
  })
  return {
    pause,
    pauses,
    reconnects,
    fire: () => fire(),
    reconnect: () => {
      for (const onReconnect of reconnects) onReconnect()
    },
  }
}

const { signal } = new AbortController()

test('pauses double up to a minute', async () => {
  const { pause, pauses, fire } = pauseInHand()
  for (const failures of [1, 2, 3, 6, 7, 40]) {
    const waiting = pause.wait(failures, signal)
    fire()
    expect(await waiting).toBe(false)
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000])
})

test('the jitter reaches from nothing to the whole pause', () => {
  const { pause, pauses } = pauseInHand(0)
  void pause.wait(9, signal)
  expect(pauses).toEqual([0])
})

test('being online or seen again ends the pause and says so', async () => {
  const { pause, reconnect, reconnects } = pauseInHand()
  const waiting = pause.wait(9, signal)
  reconnect()
  expect(await waiting).toBe(true)
  expect(reconnects.size).toBe(0)
})

test('cancelling ends the pause with the reason and stops listening', async () => {
  const { pause, reconnects } = pauseInHand()
  const controller = new AbortController()
  const waiting = pause.wait(9, controller.signal)
  controller.abort()
  await expect(waiting).rejects.toHaveProperty('name', 'AbortError')
  expect(reconnects.size).toBe(0)
})
