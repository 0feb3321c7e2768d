/** One file that arrived. What is not known is null. */
export type ReceiptEntry = {
  /** Folder and name where it is now: `/Films/clip.mov`. */
  path: string
  /** Bytes. */
  size: number | null
  sha256: string | null
  link: string | null
  /** ISO 8601, when it was there. */
  time: string | null
}

/** `ms`: epoch ms, or null. */
export function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

export type ReceiptForm = 'csv' | 'json'

/** What a server tells of a file behind its link; null where it does not. Never rejects. */
export type ReadDetails = (link: string) => Promise<{ size: number; sha256: string } | null>

/** Browsers ask a server six things at once: the others are for who works on meanwhile. */
const askedAtOnce = 4

/** The entries with what the server knows of each. `onProgress` hears how many were asked for. */
export async function completeReceipt(
  entries: readonly ReceiptEntry[],
  readDetails: ReadDetails,
  onProgress: (asked: number) => void,
): Promise<ReceiptEntry[]> {
  const complete = [...entries]
  let [next, asked] = [0, 0]
  const work = async () => {
    for (let at = next++; at < entries.length; at = next++) {
      const entry = entries[at]
      const details = entry?.link ? await readDetails(entry.link) : null
      if (entry && details) complete[at] = { ...entry, ...details }
      asked += 1
      onProgress(asked)
    }
  }
  await Promise.all(Array.from({ length: askedAtOnce }, work))
  return complete
}

const fields = ['path', 'size', 'sha256', 'link', 'time'] as const

// Papa's own rule lets a formula pass that has a line break in it.
const formula = /^\s*[=+\-@＝＋－＠]/

/** The list as a file. As CSV no cell of it is a formula, whatever files are called. */
export async function writeReceipt(
  entries: readonly ReceiptEntry[],
  form: ReceiptForm,
): Promise<Blob> {
  if (form === 'json') {
    const text = JSON.stringify(entries.map(inOrder), null, 2)
    return new Blob([text], { type: 'application/json' })
  }
  const { default: Papa } = await import('papaparse')
  const data = entries.map((entry) => fields.map((field) => String(entry[field] ?? '')))
  const text = Papa.unparse({ fields, data }, { escapeFormulae: formula })
  // Excel takes a file without this mark for one in an old code page.
  return new Blob(['\ufeff', text, '\r\n'], { type: 'text/csv' })
}

function inOrder({ path, size, sha256, link, time }: ReceiptEntry): ReceiptEntry {
  return { path, size, sha256, link, time }
}
