import { testLocks } from './locks.contract.ts'
import { createLocks } from './locks.ts'
import type { UnitOfWork } from './unit-of-work.ts'

testLocks(async () => {
  const locks = createLocks()
  return {
    both: [locks, locks],
    write: (work) => work({} as UnitOfWork),
    [Symbol.asyncDispose]: async () => {},
  }
})
