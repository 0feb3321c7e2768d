import { execFile } from 'node:child_process'
import { access, constants, open } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { ApiFailure } from '#server/core/failure.ts'

const run = promisify(execFile)

/** The programs that video imports need, as absolute paths. */
export type MediaTools = {
  /** What starts yt-dlp: the program, with its interpreter before it where it is a script. */
  ytDlp: readonly [string, ...string[]]
  /** yt-dlp's version, which is the date of its release: `2026.01.31`. */
  version: string
  ffmpeg: string
  ffprobe: string | null
  /** util-linux's, where there are any: they end a program with its parent and bound its memory. */
  setpriv: string | null
  prlimit: string | null
}

/** Why there are no tools: one sentence, and the one thing to do about it. */
export type UnfitTools = { problem: string; nextStep: string }

export type FindTools = () => Promise<MediaTools | UnfitTools>

/** Null for what is to be looked for. */
export type LookForTools = (asked: {
  ytDlp: string | null
  ffmpeg: string | null
}) => Promise<MediaTools | UnfitTools>

/** For whoever wants a video: what is the matter, and the one thing to do. */
export function unfitToolsText({ problem, nextStep }: UnfitTools): string {
  return `Video imports are off on this server: ${problem}. ${nextStep}.`
}

/** @throws ApiFailure `feature_disabled` without the programs */
export async function requireTools(find: FindTools): Promise<MediaTools> {
  const tools = await find()
  if ('problem' in tools) throw new ApiFailure('feature_disabled', unfitToolsText(tools))
  return tools
}

/** ffmpeg alone, with what belongs to it. */
export type FfmpegTools = Pick<MediaTools, 'ffmpeg' | 'ffprobe' | 'setpriv' | 'prlimit'>

/** Looks for ffmpeg: the path that was asked for, PATH, then the project's own folder. */
export async function findFfmpeg(asked: string | null): Promise<FfmpegTools | UnfitTools> {
  const tool = { name: 'ffmpeg', asked, variable: 'BARKEEP_FFMPEG' }
  const path = await locateTool(tool)
  if (typeof path !== 'string') return path
  const ffmpeg = await tryTool(tool, path, ['-version'])
  if ('problem' in ffmpeg) return ffmpeg
  const [ffprobe, setpriv, prlimit] = await Promise.all([
    findProgram('ffprobe', join(dirname(ffmpeg.path), 'ffprobe')),
    findProgram('setpriv', null),
    findProgram('prlimit', null),
  ])
  return { ffmpeg: ffmpeg.path, ffprobe, setpriv, prlimit }
}

/** Looks for the programs, as `findFfmpeg`. */
export const findMediaTools: LookForTools = async (asked) => {
  const tool = { name: 'yt-dlp', asked: asked.ytDlp, variable: 'BARKEEP_YT_DLP' }
  const found = await locateTool(tool)
  // Alone, ffmpeg is of no use to an import.
  if (typeof found !== 'string') return found
  const [ytDlp, ffmpeg] = await Promise.all([
    tryTool(tool, found, ['--ignore-config', '--version']),
    findFfmpeg(asked.ffmpeg),
  ])
  if ('problem' in ytDlp) return ytDlp
  if ('problem' in ffmpeg) return ffmpeg
  const { command, version } = ytDlp
  return { ytDlp: command, version, ...ffmpeg }
}

type AskedTool = { name: string; asked: string | null; variable: string }

/** Its path. No path in the words of a problem: clients of the API read them, too. */
async function locateTool({ name, asked, variable }: AskedTool): Promise<string | UnfitTools> {
  const path = await findProgram(name, asked)
  if (path !== null) return path
  return asked === null
    ? { problem: `${name} is not installed`, nextStep: `Install ${name} where the server runs` }
    : {
        problem: `${variable} names no program`,
        nextStep: `Correct ${variable} and start the server again`,
      }
}

type Tool = { path: string; command: [string, ...string[]]; version: string }

/** Whether it runs, by asking for its version. */
async function tryTool(
  { name, asked, variable }: AskedTool,
  path: string,
  versionArguments: string[],
): Promise<Tool | UnfitTools> {
  const command = await withInterpreter(path)
  const version = await versionOf(command, versionArguments)
  if (version !== null) return { path, command, version }
  const nextStep =
    asked === null
      ? `Install ${name} again where the server runs`
      : `Correct ${variable} and start the server again`
  return { problem: `${name} is there but does not run`, nextStep }
}

/** Whole days since the release that a yt-dlp version names; null when it names none. */
export function ageInDays(version: string, now: number): number | null {
  const date = /^(\d{4})\.(\d{1,2})\.(\d{1,2})/.exec(version)
  if (date === null) return null
  const released = Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3]))
  return Math.floor((now - released) / 86_400_000)
}

async function findProgram(name: string, asked: string | null): Promise<string | null> {
  if (asked !== null) return (await isProgram(resolve(asked))) ? resolve(asked) : null
  const onPath = await run('/bin/sh', ['-c', 'command -v "$1"', 'sh', name]).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  )
  if (onPath.startsWith('/')) return onPath
  const own = resolve(import.meta.dirname, '../../../../.barkeep/bin', name)
  return (await isProgram(own)) ? own : null
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** yt-dlp runs with nothing on its PATH, where `#!/usr/bin/env python3` would find no Python. */
async function withInterpreter(program: string): Promise<[string, ...string[]]> {
  await using file = await open(program)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(100), 0, 100, 0)
  const [firstLine = ''] = buffer.toString('latin1', 0, bytesRead).split('\n')
  const name = /^#!\s*\/usr\/bin\/env\s+(python[\d.]*)\s*$/.exec(firstLine)?.[1]
  if (name === undefined) return [program]
  // `command -v` may find a shim that needs the PATH itself; Python knows where it really is.
  const python = await run(name, ['-c', 'import sys; print(sys.executable)']).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  )
  return python === '' ? [program] : [python, program]
}

async function versionOf(
  [file, ...args]: readonly [string, ...string[]],
  versionArguments: string[],
): Promise<string | null> {
  return run(file, [...args, ...versionArguments], { timeout: 30_000 }).then(
    ({ stdout }) => stdout.trim().split('\n').at(-1) ?? '',
    () => null,
  )
}
