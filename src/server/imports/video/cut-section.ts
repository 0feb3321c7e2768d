import { rename, rm } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import type { VideoSection } from '#contract/video-choices.ts'
import { ImportFailure } from '#server/imports/tasks/import-failure.ts'
import type { VideoFile } from './video-files.ts'
import type { RunMediaTool } from './yt-dlp.ts'

/**
 * Cuts the files of a video, its subtitles too, to a part of it, where one is asked for. yt-dlp would leave that to ffmpeg while
 * fetching, and ffmpeg may not reach the network here: so all of it is fetched first. Nothing is encoded
 * anew: the part begins at the last whole picture before, which players do not show where the container
 * can say so.
 * @throws ImportFailure where the part begins after the end, or cannot be cut
 */
export async function cutSection(
  files: { videos: readonly VideoFile[]; extras: readonly VideoFile[] },
  section: VideoSection | undefined,
  runTool: RunMediaTool,
): Promise<void> {
  if (section === undefined) return
  const { from = 0, to } = section
  const cut = async (path: string, how: readonly string[]) => {
    const made = join(dirname(path), `section${extname(path)}`)
    const range = ['-ss', String(from), ...(to === undefined ? [] : ['-to', String(to)])]
    const { code } = await runTool('ffmpeg', [
      ...['-v', 'error', ...range, '-i', `file:${path}`, ...how, '-y', `file:${made}`],
    ])
    if (code === 0) await rename(made, path)
    else await rm(made, { force: true })
    return code === 0
  }
  for (const { path } of files.videos) {
    const length = await lengthOf(path, runTool)
    if (length !== null && from >= length) {
      throw new ImportFailure(
        'unusable_format',
        `The section begins at ${clockTime(from)}, and the video is over at ${clockTime(length)}.`,
      )
    }
    const streams = ['-map', '0:v?', '-map', '0:a?', '-map', '0:s?', '-c', 'copy']
    if (!(await cut(path, streams))) {
      throw new ImportFailure('unusable_format', 'The video came, but could not be cut.')
    }
  }
  for (const { path } of files.extras.filter(({ ending }) => ending.endsWith('.vtt'))) {
    await cut(path, [])
  }
}

/** In seconds; null where it does not say. */
async function lengthOf(path: string, runTool: RunMediaTool): Promise<number | null> {
  const { output } = await runTool('ffprobe', [
    ...['-v', 'error', '-show_entries', 'format=duration'],
    ...['-of', 'default=noprint_wrappers=1', `file:${path}`],
  ]).catch(() => ({ output: '' }))
  const seconds = Number(/^duration=([\d.]+)$/m.exec(output)?.[1] ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds : null
}

/** `1:05:09`, `0:06`. */
function clockTime(seconds: number): string {
  const whole = Math.floor(seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const ending = `${two(whole % 60)}`
  return hours > 0 ? `${hours}:${two(minutes)}:${ending}` : `${minutes}:${ending}`
}
