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
    ...formatArguments(video),
    ...(video.subtitles ? subtitleArguments(video) : []),
    ...(video.thumbnail ? ['--write-thumbnail'] : []),
    ...(video.sponsorblock ? sponsorArguments : []),
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

const videoTemplate = '%(.{title,is_live,live_status,playlist_count,duration,thumbnail,language})j'
const partTemplate =
  '%(progress.{status,downloaded_bytes,total_bytes,total_bytes_estimate,fragment_index,fragment_count,filename})j'
const sizesTemplate = '%(requested_formats.:.{format_id,filesize,filesize_approx})j'
const stepTemplate = '%(progress.{status,postprocessor})j'

/** Not their success decides on the video; the service is asked for those that are known to it. */
const sponsorArguments = ['--sponsorblock-mark', 'all', '--embed-chapters', '--ignore-errors']

function subtitleArguments(video: VideoOptions): string[] {
  const { subtitle_languages: languages = [], automatic_subtitles: isAutomatic } = video
  // yt-dlp reads each as a pattern for the start of a code: `en` is to find `en-GB`, and not `enm`.
  const wanted = languages.map((code) => `(?i:${code})(?:[-_.].*)?$`)
  return [
    // One language that is missing must not take the video with it; the video's own errors still count.
    ...['--ignore-errors', '--write-subs', ...(isAutomatic ? ['--write-auto-subs'] : [])],
    ...['--sub-langs', wanted.length === 0 ? 'all,-live_chat' : wanted.join(',')],
    ...['--sub-format', 'vtt/best'],
  ]
}

function formatArguments(video: VideoOptions): string[] {
  const { quality, audio_language: language, audio_format: format = 'best' } = video
  const isAudio = quality === 'audio'
  // `<=?` lets a format through whose height nobody knows; sorting prefers those that tell.
  const height = isAudio || quality === 'best' ? '' : `[height<=?${quality}]`
  const inLanguage = (picture: string, whole: string) =>
    language === undefined
      ? []
      : [`[language=${language}]`, `[language^=${language}-]`].flatMap((spoken) =>
          // A picture that has its own sound would keep it.
          [...(picture === '' ? [`ba${spoken}`] : [`${picture}+ba${spoken}`]), `${whole}${spoken}`],
        )
  const formats = isAudio
    ? [...inLanguage('', 'b'), 'ba', 'b']
    : [...inLanguage(`bv${height}`, `b${height}`), `bv*${height}+ba`, `b${height}`]
  return [
    ...['--format', formats.join('/'), ...sortArguments(video, height)],
    ...(isAudio
      ? ['--extract-audio', ...(format === 'best' ? [] : ['--audio-format', format])]
      : []),
  ]
}

function sortArguments({ quality, prefer }: VideoOptions, height: string): string[] {
  const resolution = height === '' ? [] : [`res:${quality}`]
  if (prefer === 'most_compatible') {
    const sort = ['vcodec:h264', ...resolution, 'lang', 'quality', 'res', 'fps', 'acodec:aac']
    // Other codecs stay as they come: making H.264 of them would take longer than the film.
    const containers = [
      '--merge-output-format',
      'mp4/mkv',
      '--remux-video',
      'mov>mp4/flv>mp4/mkv>mp4',
    ]
    const isSound = quality === 'audio'
    return ['--format-sort', [...sort, 'ext:mp4:m4a'].join(), ...(isSound ? [] : containers)]
  }
  if (prefer === 'smallest') {
    // Of the chosen quality: what has fewer lines is another picture.
    const lines = resolution.length === 0 ? ['res'] : resolution
    return ['--format-sort', ['lang', ...lines, '+size', '+br', '+fps'].join()]
  }
  return resolution.length === 0 ? [] : ['--format-sort', resolution.join()]
}
