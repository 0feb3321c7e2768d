import { testChanges } from './changes.contract.ts'
import { createChanges } from './changes.ts'

testChanges(async () => {
  const changes = createChanges()
  return {
    both: [changes, changes],
    users: ['alice', 'bob'],
    change: (userId) => changes.tell(userId),
    [Symbol.asyncDispose]: async () => {},
  }
})
