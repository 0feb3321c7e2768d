import { open } from 'node:fs/promises'
import { ImportFailure } from '#server/imports/tasks/import-failure.ts'
import type { VideoFile } from './video-files.ts'
import type { RunMediaTool } from './yt-dlp.ts'
import { noMedia, noVideo, unknownStream } from './yt-dlp-failure-text.ts'

/**
 * A page, a refusal in JSON or any other bytes come with 200 and any type, and yt-dlp stores them as
 * the video: what is in the file decides.
 * @throws ImportFailure where there is none, or one of them is no video and no sound
 */
export async function refuseNoMedia(
  videos: readonly (VideoFile & { size: number })[],
  runTool: RunMediaTool,
): Promise<void> {
  // yt-dlp takes anything it does not know for a video, even a line of text.
  const isUnknown = videos.some(({ ending }) => ending === '.unknown_video')
  if (isUnknown || videos.length === 0) throw ImportFailure.of(noVideo)
  if (videos.every(({ size }) => size === 0)) {
    throw new ImportFailure('bad_answer', 'The site sent an empty file in place of the video.')
  }
  for (const { path, size } of videos) {
    // Nothing beside a video is no reason to lose it.
    if (size === 0) continue
    await refuseText(path)
    if (await isNoMedia(path, runTool)) throw ImportFailure.of(noMedia)
  }
}

async function refuseText(path: string): Promise<void> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0)
  const start = buffer.toString('latin1', 0, bytesRead).replace(/^\xef\xbb\xbf/, '')
  if (/^\s*(<!doctype html|<html|<head)\b/i.test(start)) {
    throw new ImportFailure('bad_answer', 'The site sent a web page in place of the video.')
  }
  if (/^\s*(#EXTM3U|ffconcat |\[playlist\]|<\?xml|<MPD)/i.test(start)) {
    throw ImportFailure.of(unknownStream)
  }
}

/** Below it ffmpeg only guesses: MP3 has no mark of its own, and some of it is in any noise. */
const surenessMin = 10

/**
 * Only where ffprobe is sure: without it, or for a container that it may not open here, yt-dlp's word
 * counts.
 */
async function isNoMedia(path: string, runTool: RunMediaTool): Promise<boolean> {
  const probe = await runTool('ffprobe', [
    ...['-v', 'warning', '-show_entries', 'stream=codec_type:format=format_name,probe_score'],
    ...['-of', 'default=noprint_wrappers=1', `file:${path}`],
  ]).catch(() => null)
  if (probe === null) return false
  if (probe.code !== 0) return /Invalid data found|detected only with low score/.test(probe.errors)
  const isPicture = /^format_name=(image2|\w+_pipe)$/m.test(probe.output)
  const isPlayed = /^codec_type=(video|audio)$/m.test(probe.output)
  const sureness = Number(/^probe_score=(\d+)$/m.exec(probe.output)?.[1] ?? surenessMin)
  return isPicture || !isPlayed || sureness < surenessMin
}
