import { createHash } from 'node:crypto'
import { ConfigError } from '#server/core/config.ts'
import type { StoreFolders } from '#server/storage/disk/store-folders.ts'
import type { DatabaseContents } from '#server/storage/sqlite/inspect-database.ts'
import type { Survey } from './survey-blobs.ts'

/** So many may be lost to a repaired disk. More of them are away with something that was not mounted. */
const fewMissing = 5

type Options = {
  file: string
  folders: StoreFolders
  contents: DatabaseContents
  survey: Survey
  /** The code of what the owner was told of and accepts; null: nothing. */
  accepted: string | null
}

/**
 * Refuses to start where database and blobs do not belong together: on the word of a database that is
 * new, older or another's, every stored file would be a leftover. The owner may go on all the same,
 * by a code that fits only what was seen: a setting that is forgotten accepts nothing else.
 * @throws ConfigError with what is seen, the way back, and the way on.
 */
export function refuseMismatch(options: Options): void {
  const problems = [ofNoRows(options), ofOtherStore(options), ofMissing(options)]
  const problem = problems.find((found) => found !== null)
  if (!problem) return
  const code = createHash('sha256')
    .update(JSON.stringify(fingerprint(options)))
    .digest('hex')
  const accept = code.slice(0, 8)
  if (accept === options.accepted) return
  throw new ConfigError(
    `${problem.seen}; nothing was changed. ${problem.back} ${problem.on} start once with BARKEEP_ACCEPT=${accept}.`,
  )
}

type Problem = { seen: string; back: string; on: string }

const setAside = (files: number) =>
  `To go on without them (${files === 1 ? 'it is' : 'they are'} moved to lost+found, not deleted),`

function ofNoRows({ file, folders, contents, survey }: Options): Problem | null {
  const files = survey.orphans.length
  if (contents.blobIds.size > 0 || files === 0) return null
  const state = { missing: 'is missing', empty: 'is empty', filled: 'knows none of them' }
  return {
    seen: `${count(files)} in ${folders.blobs}, but ${file} ${state[contents.state]}`,
    back: 'Put the database back, with its barkeep.db-wal if it has one.',
    on: setAside(files),
  }
}

function ofOtherStore({ file, folders, contents, survey }: Options): Problem | null {
  const { storeId } = contents
  const isOther = storeId !== null && survey.storeIds.length > 0
  if (!isOther || survey.storeIds.includes(storeId)) return null
  return {
    seen: `${file} belongs to other stored files than those in ${folders.blobs}`,
    back: 'Bring the two that belong together into one folder.',
    on: 'To keep these two together (files that the database does not know are moved to lost+found, not deleted),',
  }
}

function ofMissing({ folders, contents, survey }: Options): Problem | null {
  const missing = newlyMissing(contents, survey).length
  const there = contents.blobIds.size - survey.missing.length
  if (missing === 0 || (missing <= fewMissing && there > 0)) return null
  const seen = there === 0 ? 'none is there' : `${there} are there`
  return {
    seen: `Of ${count(contents.blobIds.size)} that ${folders.blobs} should have ${seen}, ${missing} ${missing === 1 ? 'is' : 'are'} missing`,
    back: 'Bring back the disk or the folders that they are on.',
    on: 'To go on without them (they stay listed, and their links say that they are missing),',
  }
}

/** Those that nobody was told of yet. */
export function newlyMissing({ knownMissing }: DatabaseContents, { missing }: Survey): string[] {
  return missing.filter((blobId) => !knownMissing.has(blobId))
}

function fingerprint({ contents, survey }: Options): unknown {
  return [
    [contents.state, contents.storeId, survey.storeIds.toSorted()],
    newlyMissing(contents, survey).toSorted(),
    survey.orphans.map(({ blobId }) => blobId).toSorted(),
  ]
}

function count(files: number): string {
  return `${files} stored ${files === 1 ? 'file' : 'files'}`
}
