import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const prepareStart = join(import.meta.dirname, '../scripts/prepare-start.ts')

/** The specs run against what people get: the built app and a server prepared as `npm start` does. */
async function prepare(): Promise<void> {
  await promisify(execFile)(process.execPath, [prepareStart])
}

export default prepare
