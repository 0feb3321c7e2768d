import { testLocks } from './locks.contract.ts'
import { createLocks } from './locks.ts'

testLocks(async () => {
  const locks = createLocks()
  return { both: [locks, locks], [Symbol.asyncDispose]: async () => {} }
})
