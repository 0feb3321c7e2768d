/** Some lines that are drawn together, or left out together while they are out of sight. */
export type Block = {
  /** Counted from 1. */
  firstLine: number
  rows: readonly Row[]
  /** All of it, with a line feed after each row. */
  text: string
}

/** A line, or a part of one that has no end: `number` is null for all parts but the first. */
export type Row = { number: number | null; text: string }

const rowsOfBlock = 100
const charactersOfBlock = 16_000
/** Longer lines are drawn in parts: browsers take seconds to break one of a million letters. */
const longestRow = 8_000

/** Cuts text into blocks of lines. `\r\n` and `\r` end a line as `\n` does. */
export function splitBlocks(text: string): Block[] {
  const blocks: Block[] = []
  let rows: Row[] = []
  let characters = 0
  const close = () => {
    if (rows.length === 0) return
    const firstLine = rows.find(({ number }) => number !== null)?.number ?? 0
    blocks.push({ firstLine, rows, text: `${rows.map((row) => row.text).join('\n')}\n` })
    rows = []
    characters = 0
  }
  const lines = text.split(/\r\n|\n|\r/)
  // The end of the last line is no empty line after it.
  if (lines.length > 1 && lines.at(-1) === '') lines.pop()
  for (const [index, line] of lines.entries()) {
    for (const [part, piece] of cutRow(line).entries()) {
      if (rows.length >= rowsOfBlock || characters >= charactersOfBlock) close()
      rows.push({ number: part === 0 ? index + 1 : null, text: piece })
      characters += piece.length
    }
  }
  close()
  return blocks
}

function cutRow(line: string): string[] {
  if (line.length <= longestRow) return [line]
  const parts: string[] = []
  let at = 0
  while (at < line.length) {
    let end = Math.min(at + longestRow, line.length)
    // Both halves of a sign outside the first plane stay together.
    if (/[\ud800-\udbff]/.test(line[end - 1] ?? '') && end < line.length) end -= 1
    parts.push(line.slice(at, end))
    at = end
  }
  return parts
}
