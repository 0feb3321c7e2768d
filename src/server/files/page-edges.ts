import type { PageEdge } from './file-repository.ts'

/** The files before `offset` end at `edge`. */
type KnownEdge = { offset: number; edge: PageEdge }

/** `adding`: files that are being added now; `added`: how many were since the folder is remembered. */
type KnownFolder = { edges: KnownEdge[]; adding: number; added: number }

/** `seen`: the edges that reading it came by, at its start and its end. */
export type EdgedPage<Page> = { page: Page; seen: KnownEdge[] }

/** Folders whose edges are remembered, and edges of one folder: 40,000 pages are two million files. */
const maxFolders = 200
const maxEdges = 40_000

/**
 * Remembers where pages of a listing end. An offset alone makes the database walk over all that it
 * skips (27 ms at 999,950); from a remembered edge a deep page costs what the first one does.
 */
export class PageEdges {
  // The one that was used last comes last; edges by offset, which is by their place, too.
  readonly #folders = new Map<string, KnownFolder>()

  /** Reads from the edge nearest before `offset`; `read` tells the edges it came by. */
  async reading<Page>(
    at: { folder: string; offset: number },
    read: (from: { edge: PageEdge | null; skip: number }) => Promise<EdgedPage<Page>>,
  ): Promise<Page> {
    const known = this.#use(at.folder)
    const { edges, added } = known
    const found = edges[firstWhere(edges, (entry) => entry.offset > at.offset) - 1]
    const from = found
      ? { edge: found.edge, skip: at.offset - found.offset }
      : { edge: null, skip: at.offset }
    const { page, seen } = await read(from)
    // Whether this page has seen a file that came meanwhile cannot be known: keep nothing of it.
    if (known.adding > 0 || known.added !== added) return page
    for (const edge of seen) insertEdge(edges, edge)
    return page
  }

  /** Lists files at `places` by `add`; what lies behind one of them moves on by one for it. */
  async adding<Result>(
    folder: string,
    places: PageEdge[],
    add: () => Promise<Result>,
  ): Promise<Result> {
    const known = this.#use(folder)
    known.adding += 1
    try {
      const result = await add()
      for (const place of places) {
        const behind = firstWhere(known.edges, (entry) => !isBefore(entry.edge, place))
        for (const entry of known.edges.slice(behind)) entry.offset += 1
      }
      return result
    } finally {
      known.adding -= 1
      known.added += places.length
    }
  }

  #use(folder: string): KnownFolder {
    const known = this.#folders.get(folder) ?? { edges: [], adding: 0, added: 0 }
    this.#folders.delete(folder)
    this.#folders.set(folder, known)
    if (this.#folders.size > maxFolders) this.#forgetOldest()
    return known
  }

  #forgetOldest(): void {
    for (const [folder, known] of this.#folders) {
      if (known.adding > 0) continue
      this.#folders.delete(folder)
      return
    }
  }
}

function insertEdge(edges: KnownEdge[], end: KnownEdge): void {
  const index = firstWhere(edges, (entry) => entry.offset >= end.offset)
  if (edges[index]?.offset !== end.offset && edges.length < maxEdges) edges.splice(index, 0, end)
}

/** The order of a listing: by folded name, then by id, in bytes of UTF-8 as SQLite compares. */
function isBefore(one: PageEdge, other: PageEdge): boolean {
  const byName = Buffer.compare(Buffer.from(one.foldedName), Buffer.from(other.foldedName))
  return byName === 0 ? one.id < other.id : byName < 0
}

function firstWhere<Entry>(sorted: Entry[], isMet: (entry: Entry) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isMet(sorted[middle] as Entry)) high = middle
    else low = middle + 1
  }
  return low
}
