import type { Program } from './program.ts'

export type Errand = {
  program: Program
  isThere(): Promise<boolean>
  /** What to try where it is missing, best first. Each throws where it cannot help. */
  ways: ((program: Program) => Promise<void>)[]
}

/** `reasons` say why each way failed; empty when the program is there. */
export type Outcome = { program: Program; isThere: boolean; reasons: string[] }

/** Looks for a program and, where it is missing, tries one way after the other to get it. */
export async function getProgram(
  { program, isThere, ways }: Errand,
  say: (line: string) => void,
): Promise<Outcome> {
  if (await isThere()) return { program, isThere: true, reasons: [] }
  say(`${program.name} is missing, getting it …`)
  const reasons: string[] = []
  for (const way of ways) {
    try {
      await way(program)
      // A way may end well and still leave it where nobody looks.
      if (await isThere()) return { program, isThere: true, reasons: [] }
      reasons.push(`${program.name} was installed, but it cannot be found.`)
    } catch (error) {
      reasons.push(reasonOf(error))
    }
  }
  return { program, isThere: false, reasons }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // fetch says only "fetch failed"; what happened is in its cause.
  return error.cause instanceof Error ? error.cause.message : error.message
}
