import { expect, test } from 'vitest'
import { importWorld, options, started } from '#app/testing/import-world.ts'
import { settle } from '#app/testing/manual-clock.ts'

const linkOf = (name: string) => `https://${name}.example/`

function waitingWorld(...names: string[]) {
  const world = importWorld()
  world.queue.connect(world.connection())
  world.queue.add(names.map((name) => ({ link: linkOf(name), options })))
  const starts = () => world.calls.filter(({ path }) => path === 'import')
  const asked = () => starts().map(({ body }) => body.url)
  return { ...world, starts, asked }
}

test('paused, imports that wait for their turn are not started, one that was sent is, and all go on later', async () => {
  const { queue, starts, asked, states } = waitingWorld('a', 'b', 'c')
  const [first, ...others] = starts()
  first?.begin()
  queue.pause()
  expect(others.map(({ signal }) => signal?.aborted)).toEqual([true, true])
  await first?.answer(started())
  expect(states()).toEqual([
    ...[`${linkOf('a')} running`, `${linkOf('b')} waiting`, `${linkOf('c')} waiting`],
  ])
  queue.add([{ link: linkOf('d'), options }])
  await settle()
  expect(asked()).toHaveLength(3)
  queue.goOn()
  await settle()
  expect(asked().slice(3)).toEqual([linkOf('b'), linkOf('c'), linkOf('d')])
  // The same tasks, not others.
  const keysOf = (name: string) =>
    starts()
      .filter(({ body }) => body.url === linkOf(name))
      .map(({ idempotencyKey }) => idempotencyKey)
  expect(new Set(keysOf('b')).size).toBe(1)
})

test('the one to start next asks for its turn before the others, paused or not', async () => {
  const { queue, asked, job } = waitingWorld('a', 'b', 'c')
  queue.startNext(job(linkOf('c')).id)
  await settle()
  expect(asked().slice(3)).toEqual([linkOf('c'), linkOf('a'), linkOf('b')])
  queue.pause()
  queue.startNext(job(linkOf('b')).id)
  queue.goOn()
  await settle()
  expect(asked().slice(6)).toEqual([linkOf('b'), linkOf('c'), linkOf('a')])
})
