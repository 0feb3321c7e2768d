import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An empty folder that is removed with all that is in it when the test ends. */
export async function createTestFolder() {
  const path = await mkdtemp(join(tmpdir(), 'barkeep-scripts-'))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}
