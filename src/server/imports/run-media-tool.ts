import { join } from 'node:path'
import type { Clock } from '#server/http/clock.ts'
import type { ImportWorkFolder } from './import-work-folder.ts'
import { runProgram } from './run-program.ts'

export type MediaToolResult = { code: number | null; output: string; errors: string }

/** Runs one of the work folder's wrapped media tools on the files of its output. */
export type RunMediaTool = (
  tool: 'ffmpeg' | 'ffprobe',
  args: readonly string[],
) => Promise<MediaToolResult>

const outputMaxLength = 1_000_000

/** @throws the signal's reason; what starting a program throws, where there is no such tool */
export function createMediaToolRunner(
  work: ImportWorkFolder,
  run: { limits: readonly string[]; signal: AbortSignal; clock: Clock; silentForMs: number },
): RunMediaTool {
  const { limits, ...rest } = run
  return async (tool, args) => {
    const result = { output: '', errors: '' }
    const code = await runProgram({
      ...rest,
      command: [...limits, join(work.programs, tool), ...args] as [string, ...string[]],
      cwd: work.output,
      env: { PATH: work.programs, HOME: work.home, TMPDIR: work.home, LC_ALL: 'C.UTF-8' },
      mark: work.mark,
      onLine(line, source) {
        const name = source === 'stdout' ? 'output' : 'errors'
        if (result[name].length < outputMaxLength) result[name] += `${line}\n`
      },
    })
    return { code, ...result }
  }
}
