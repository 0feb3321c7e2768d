import { ConfigError } from '#server/config.ts'
import { isBusy, isDamage, isStorageFailure } from './storage-failure.ts'

/** Why the database cannot be opened, in a line for its owner; what is no failure of storage stays as it is. */
export function explainDatabase(error: unknown, file: string): unknown {
  if (!isStorageFailure(error)) return error
  const message = (error as Error).message.replaceAll(/\s*\n\s*/g, ' ')
  if (isBusy(error)) {
    return new ConfigError(
      `${file} is locked by another program (a backup, a database browser). End that, and start again.`,
    )
  }
  if (isDamage(error)) {
    return new ConfigError(
      `${file} is damaged (${message}); nothing was changed. Put a backup of it in its place, with its barkeep.db-wal if it has one, and start again.`,
    )
  }
  return new ConfigError(
    `${file} cannot be opened (${message}). See that its disk works, has room, and lets this user write, and start again.`,
  )
}

/** @throws ConfigError when a newer version wrote `file`. */
export function refuseNewer(file: string, format: number, known: number): void {
  if (format <= known) return
  throw new ConfigError(
    `${file} was written by a newer version of Barkeep (its format is ${format}, this one knows ${known}). Start that version, or set BARKEEP_DATA to another folder.`,
  )
}
