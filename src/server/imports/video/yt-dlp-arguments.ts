import type { VideoOptions } from '#contract/imports.ts'

export const ytDlpMarks = {
  video: 'BARKEEP-VIDEO ',
  start: 'BARKEEP-START ',
  sizes: 'BARKEEP-SIZES ',
  part: 'BARKEEP-PART ',
  step: 'BARKEEP-STEP ',
  done: 'BARKEEP-DONE',
  /** Printed by the python-guard, which sees the playlist. */
  live: 'BARKEEP-LIVE',
  /** By the same: the name of a file of subtitles, before it is fetched. */
  subtitles: 'BARKEEP-SUBTITLES ',
}

/**
 * The arguments for one video. Everything lands in the working folder as `video.<ext>`,
 * `video.<language>.<ext>` and `video.<jpg|png>`: no name is made from a page's title. Extra files
 * are not converted by yt-dlp, where one that cannot be converted fails the whole.
 */
export function ytDlpArguments(url: URL, video: VideoOptions, ffmpegFolder: string): string[] {
  // Extractors trust `#__youtubedl_smuggle=…`, so whoever writes a link could steer them.
  const plain = new URL(url)
  plain.hash = ''
  return [
    ...['--ignore-config', '--no-cache-dir', '--no-exec', '--default-search', 'error'],
    ...['--no-playlist', '--playlist-items', String(video.item ?? 1), '--no-mark-watched'],
    ...['--no-mtime', '--downloader', 'native', '--abort-on-unavailable-fragment', '--no-colors'],
    ...['--socket-timeout', '20', '--retries', '3', '--fragment-retries', '3'],
    ...['--ffmpeg-location', ffmpegFolder],
    ...['--output', 'video.%(ext)s'],
    ...formatArguments(video.quality),
    ...(video.subtitles ? subtitleArguments : []),
    ...(video.thumbnail ? ['--write-thumbnail'] : []),
    ...['--no-simulate', '--progress', '--newline'],
    ...['--print', `video:${ytDlpMarks.video}${videoTemplate}`],
    ...['--print', `before_dl:${ytDlpMarks.start}%(requested_formats.:.format_id)j`],
    ...['--print', `before_dl:${ytDlpMarks.sizes}${sizesTemplate}`],
    ...['--print', `after_move:${ytDlpMarks.done}`],
    ...['--progress-template', `download:${ytDlpMarks.part}${partTemplate}`],
    ...['--progress-template', `postprocess:${ytDlpMarks.step}${stepTemplate}`],
    // Without this a link that starts with `-` would be an option.
    ...['--', plain.href],
  ]
}

const videoTemplate = '%(.{title,is_live,live_status,playlist_count,duration,thumbnail})j'
const partTemplate =
  '%(progress.{status,downloaded_bytes,total_bytes,total_bytes_estimate,fragment_index,fragment_count,filename})j'
const sizesTemplate = '%(requested_formats.:.{format_id,filesize,filesize_approx})j'
const stepTemplate = '%(progress.{status,postprocessor})j'
const subtitleArguments = [
  // One language that is missing must not take the video with it; the video's own errors still count.
  '--ignore-errors',
  ...['--write-subs', '--sub-langs', 'all,-live_chat', '--sub-format', 'vtt/best'],
]

function formatArguments(quality: string): string[] {
  if (quality === 'audio') return ['--format', 'ba/b', '--extract-audio']
  if (quality === 'best') return ['--format', 'bv*+ba/b']
  // `<=?` lets a format through whose height nobody knows; sorting prefers those that tell.
  const height = `[height<=?${quality}]`
  return ['--format', `bv*${height}+ba/b${height}`, '--format-sort', `res:${quality}`]
}
