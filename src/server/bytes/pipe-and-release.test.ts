import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { pipeAndRelease } from './pipe-and-release.ts'

test('a chunk is freed once it is out and not before, what is a part of something else never', async () => {
  const own = Buffer.from(new ArrayBuffer(3)).fill('a')
  const shared = Buffer.from(new ArrayBuffer(6)).fill('b').subarray(0, 3)
  const arrived: string[] = []
  const to = new Writable({
    write(chunk, _encoding, done) {
      setImmediate(() => {
        arrived.push(String(chunk))
        done()
      })
    },
  })
  const from = new PassThrough()
  pipeAndRelease(from, to)
  from.write(own)
  from.end(shared)
  await once(to, 'finish')

  expect(arrived).toEqual(['aaa', 'bbb'])
  expect(own.byteLength).toBe(0)
  expect(String(shared)).toBe('bbb')
})
