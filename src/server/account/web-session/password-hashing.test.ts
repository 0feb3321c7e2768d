import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createPasswordHashing } from './password-hashing.ts'

test('a crowd of passwords leaves threads for files: a read does not wait behind it', async () => {
  const { hash } = createPasswordHashing()
  let hashed = 0
  const crowd = Array.from({ length: 12 }, async () => {
    await hash('correct horse battery staple')
    hashed += 1
  })
  // By now every password that has its turn is with a thread.
  await setImmediate()
  await readFile(import.meta.filename)
  // Behind all of them it would have waited for eight at least.
  expect(hashed).toBeLessThan(5)
  await Promise.all(crowd)
})

test('who comes after too many others is told so at once, and the others are served', async () => {
  const { hash, verify } = createPasswordHashing()
  const stored = await hash('right')
  // The test needs the first answer and the last; the rest ends with its process.
  const crowd = Array.from({ length: 400 }, () => verify({ hash: stored, password: 'right' }))
  for (const attempt of crowd) attempt.catch(() => {})
  await expect(crowd.at(-1)).rejects.toMatchObject({ code: 'unavailable', retryAfter: 60 })
  expect(await crowd[0]).toBe(true)
}, 90_000)
