import type { VideoOptions } from '#contract/imports.ts'
import type { RunMediaTool } from './run-media-tool.ts'
import type { listVideoFiles } from './video-files.ts'
import type { VideoProgress } from './yt-dlp-progress.ts'

type Listed = Awaited<ReturnType<typeof listVideoFiles>>

/** What sites say of a length is rounded, and some count the trailer. */
const lengthMin = 0.9

/**
 * Whether the video is complete although yt-dlp failed. It fetches and joins under other names and
 * renames at the end, so a file that has the video's own name and can be played is whole. Sound that
 * is taken out of a video is written under its own name: there only success counts.
 */
export async function isWholeVideo(
  { videos, unfinished }: Listed,
  run: { asked: VideoOptions; progress: VideoProgress; runTool: RunMediaTool },
): Promise<boolean> {
  const [video] = videos
  const isComing = unfinished.some(({ kind, name }) => kind === 'video' && !/\.temp\./.test(name))
  if (video === undefined || isComing || run.asked.quality === 'audio') return false
  const { code, output } = await run
    .runTool('ffprobe', [
      ...['-v', 'error', '-show_entries', 'stream=codec_type:format=duration'],
      ...['-of', 'default=noprint_wrappers=1', `file:${video.path}`],
    ])
    .catch(() => ({ code: null, output: '' }))
  if (code !== 0 || !/^codec_type=video$/m.test(output)) return false
  const expected = run.progress.seconds()
  const found = Number(/^duration=([\d.]+)$/m.exec(output)?.[1] ?? Number.NaN)
  return expected === null || !(found < expected * lengthMin)
}
