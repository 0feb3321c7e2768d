import { chmodSync, type FSWatcher, lstatSync, statSync, watch } from 'node:fs'
import { access, constants, mkdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ConfigError } from '#server/core/config.ts'
import { isBusy } from './sqlite-dialect.ts'

/**
 * Keeps a second server out of the folder: two would sweep each other's uploads away. The lock is
 * SQLite's on a file of its own, which the system lets go however the process ends. It is a lock on
 * the file, not on its name: where the name is taken away or given to another file, that one is
 * locked as well, at once.
 * @throws ConfigError when another server holds it, or the folder cannot be used
 */
export async function lockDataFolder(
  folder: string,
  tell: (message: string) => void,
): Promise<AsyncDisposable> {
  const path = join(folder, 'server.lock')
  // The first ones too, or whoever still waits for one of them would be let in.
  const locks = [lockFile(folder, path)]
  let watcher = watchName()
  let retry: NodeJS.Timeout | undefined

  function watchName(): FSWatcher | null {
    try {
      const { ino } = statSync(path)
      const watching = watch(path, { persistent: false }, () => {
        if (inodeOf(path) === ino) return
        watching.close()
        relock()
      })
      watching.on('error', () => watching.close())
      return watching
    } catch {
      // Some network file systems cannot be watched: there the name must not be touched.
      return null
    }
  }
  function relock(isTold = false): void {
    try {
      locks.push(lockFile(folder, path))
      tell(`${path} was taken away. It keeps a second server out, and was made anew.`)
    } catch (error) {
      if (!isTold) tell(`${path} was taken away, and cannot be made anew: ${error}`)
      // What stands there now may go, and a second server must not come in then.
      retry = setTimeout(() => relock(true), retryMs).unref()
      return
    }
    watcher = watchName()
  }
  return {
    async [Symbol.asyncDispose]() {
      clearTimeout(retry)
      watcher?.close()
      for (const lock of locks) lock.close()
    },
  }
}

const retryMs = 1_000

function lockFile(folder: string, path: string): DatabaseSync {
  // Followed, it would be another file's lock: the words below would name the wrong folder.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new ConfigError(
      `${path} is a link to another place. Remove it and start again: the server makes a file there.`,
    )
  }
  let lock: DatabaseSync
  try {
    lock = new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw unfit(folder, error)
  }
  try {
    lock.exec('pragma journal_mode = memory; begin exclusive')
    chmodSync(path, 0o600)
    return lock
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw unfit(folder, error)
    throw new ConfigError(
      `Another Barkeep server runs on ${folder}. Stop it, or set BARKEEP_DATA to another folder.`,
    )
  }
}

function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null
}

/** Creates the folder if needed; resolves with its full path. @throws ConfigError when it cannot be used */
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
function unfit(folder: string, error: unknown): ConfigError {
  const reason = error instanceof Error ? error.message : String(error)
  return new ConfigError(
    `The data folder ${folder} cannot be used (${reason}). Make it writable, or set BARKEEP_DATA to another folder.`,
  )
}
