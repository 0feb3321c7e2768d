import { createEmitter } from '#app/lib/store.ts'

/** The database of small pictures that were made in this browser. */
export const picturesDatabase = 'barkeep-thumbnails'

const forgetting = createEmitter()

/** Tells who holds such pictures in memory to let go of them. */
export const onForgetPictures = forgetting.subscribe

/** Whoever comes next has another key: nothing that this one has opened is left. */
export function forgetPictures(): void {
  forgetting.emit()
  try {
    indexedDB.deleteDatabase(picturesDatabase)
  } catch {
    // No storage, so nothing in it.
  }
}
