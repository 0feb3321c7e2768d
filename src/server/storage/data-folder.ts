import { access, constants, mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ConfigError } from '#server/config.ts'

/** Makes the folder where it is missing; resolves with its full path. Throws ConfigError. */
export async function prepareDataFolder(dataFolder: string): Promise<string> {
  const folder = resolve(dataFolder)
  try {
    await makeFolder(folder)
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return folder
  } catch (error) {
    throw unfit(folder, error)
  }
}

/** Like a recursive mkdir, which never returns where a file system refuses with ENOENT (/proc). */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    await makeFolder(dirname(folder))
    await mkdir(folder, { mode: 0o700 })
  }
}

/** The one line about a folder that cannot be used, whatever the system said. */
export function unfit(folder: string, error: unknown): ConfigError {
  const reason = error instanceof Error ? error.message : String(error)
  return new ConfigError(
    `The data folder ${folder} cannot be used (${reason}). Make it writable, or set BARKEEP_DATA to another folder.`,
  )
}
