/** Folded, as `searched_name` is (`foldName`). */
export type NameQuery = {
  userId: string
  /** Where to look: the names of a folder and those above it; none for all. */
  folders: string[]
  words: string[]
  /** The words as they were written, with one blank between. */
  phrase: string
  /** Null for both. */
  kind: 'file' | 'folder' | null
  /** What names of files must end in; none for all. */
  endings: string[]
  offset: number
  limit: number
}

/** `path` is whole; a folder's ends with `/`. `uploadedAt` is epoch milliseconds. */
export type FoundName =
  | { kind: 'folder'; name: string; path: string }
  | {
      kind: 'file'
      name: string
      path: string
      size: number
      trackingId: string
      uploadedAt: number
    }

export type NameSearch = {
  /**
   * The page from `offset` on, best first, and how many there are; null where there is no such folder.
   * @throws ApiFailure `unavailable`
   */
  find(query: NameQuery): Promise<{ items: FoundName[]; total: number } | null>
  close(): Promise<void>
}
