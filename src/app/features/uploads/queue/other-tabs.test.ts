import { expect, test } from 'vitest'
import { ManualClock, settle } from '#app/testing/manual-clock.ts'
import { SimulatedTabs } from '#app/testing/simulated-tabs.ts'
import { first, requestFor, sent, uploadWorld } from '#app/testing/upload-world.ts'

/** Tabs of one browser, each with its queue. */
function browser() {
  const clock = new ManualClock()
  const tabs = new SimulatedTabs({ clock, delayMs: () => 5 })
  return {
    clock,
    tabs,
    openTab(pageId: string) {
      const world = uploadWorld({ clock, tab: { ...tabs.openTab(() => 0.5, true), pageId } })
      world.queue.connect(world.connection())
      return world
    },
  }
}

test('what one tab sends another shows while it is sent, also one that comes later', async () => {
  const { clock, openTab } = browser()
  const [sender, beside] = [openTab('a'), openTab('b')]
  void sender.queue.add([requestFor('x', 100), requestFor('y'), requestFor('z'), requestFor('w')])
  const sending = first(sender.tries)
  sending.begin()
  await clock.advance(2_000)
  expect(beside.queue.elsewhere.getSnapshot()).toMatchObject({
    unfinished: 4,
    running: [{ name: 'x', size: 100, sentBytes: 0 }],
  })
  sending.send.onProgress?.({ sentBytes: 50, totalBytes: 100 })
  await clock.advance(2_000)
  const late = openTab('c')
  await clock.advance(2_000)
  for (const { queue } of [beside, late]) {
    expect(queue.elsewhere.getSnapshot().running).toMatchObject([{ name: 'x', sentBytes: 50 }])
    expect(queue.getSnapshot().totals.all).toBe(0)
  }
  expect(sender.queue.elsewhere.getSnapshot().unfinished).toBe(0)

  await sending.end(sent(sending.send))
  for (const name of ['y', 'z', 'w']) sender.queue.abort(sender.row(name).id)
  await clock.advance(2_000)
  await settle()
  expect(beside.queue.elsewhere.getSnapshot()).toEqual({ unfinished: 0, running: [] })
})

test('a tab that crashed is forgotten after a while, and another key hears nothing', async () => {
  const { clock, tabs, openTab } = browser()
  const [sender, beside] = [openTab('a'), openTab('b')]
  const stranger = openTab('c')
  stranger.queue.connect(stranger.connection({ keyId: 'key-2' }))
  void sender.queue.add([requestFor('x')])
  await clock.advance(2_000)
  expect(beside.queue.elsewhere.getSnapshot().unfinished).toBe(1)
  expect(stranger.queue.elsewhere.getSnapshot().unfinished).toBe(0)
  tabs.crash('barkeep-uploads-key-1', 0)
  await clock.advance(200_000)
  expect(beside.queue.elsewhere.getSnapshot().unfinished).toBe(0)
})
