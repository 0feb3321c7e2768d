/** One line for people, and what the shell is told: 2 for wrong usage, 1 for anything else. */
export class CliFailure extends Error {
  readonly exitCode: 1 | 2

  constructor(exitCode: 1 | 2, message: string) {
    super(message)
    this.name = 'CliFailure'
    this.exitCode = exitCode
  }
}

/** The command line itself is wrong; points to the help. */
export function wrongUsage(message: string): CliFailure {
  return new CliFailure(2, `${message} See: ./barkeep --help`)
}
