import { prepareFirstStart } from '#server/account/first-start.ts'
import { openCliStore } from '#server/cli/cli-store.ts'
import { readEnvironment } from '#server/core/config.ts'
import { createLocks } from '#server/core/locks.ts'

// Run by first-start.ts as a process of its own: prints the FirstStart as JSON.
await using store = await openCliStore(readEnvironment())
process.stdout.write(JSON.stringify(await prepareFirstStart({ ...store, locks: createLocks() })))
