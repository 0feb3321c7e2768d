import {
  ForbiddenAddress,
  noHttpsReason,
  statusText,
} from '#server/imports/tasks/import-failure.ts'
import type { LiveState } from './yt-dlp-progress.ts'

const reasonMaxLength = 200

/**
 * The reason in what yt-dlp printed to stderr. Its known failures get our words; another one keeps
 * the site's own sentence with everything cut out that could be an address, a path or advice for
 * developers. What a program says of itself (ffmpeg, Python) is told to nobody.
 */
export function ytDlpFailureText(errorLines: readonly string[], quality = 'best'): string {
  const text = errorLines.filter((line) => line.startsWith('ERROR:')).at(-1) ?? ''
  if (quality === 'audio' && /Requested format is not available/i.test(text)) return noSoundReason
  const known = ytDlpReason(text)
  if (known !== null) return known
  const cleaned = isOfProgram.test(text) ? '' : cleanReason(text)
  return cleaned === ''
    ? 'The video could not be fetched.'
    : `The video could not be fetched: ${cleaned}`
}

/** What a message of yt-dlp means, in our words; null where it is none that we know. */
export function ytDlpReason(text: string): string | null {
  const known = ytDlpReasons.find(({ pattern }) => pattern.test(text))
  if (known) return known.reason
  const status = /HTTP Error (\d{3})/.exec(text)?.[1]
  if (status) return statusText(Number(status))
  return latestReasons.find(({ pattern }) => pattern.test(text))?.reason ?? null
}

/** Why what is a stream cannot be imported, and when it can. */
export const liveText: Record<LiveState, string> = {
  live: 'Live streams cannot be imported. Try again when it is over.',
  upcoming: 'That video has not begun yet. Try again when it is over.',
  ending: 'That live stream has just ended and its recording is not ready. Try again later.',
}

export const noVideoReason =
  'No video was found on that page. To save the page itself, import it with the type File.'

const noSoundReason = 'That video has no sound.'
export const streamReason = 'That kind of stream cannot be imported.'
const brokenReason = 'The site broke the connection.'

type Reason = { pattern: RegExp; reason: string }

// The first one that fits counts: many messages hold words of others ("Sign in to confirm your age").
const ytDlpReasons: Reason[] = [
  { pattern: /only the (proxy|media tools)/, reason: new ForbiddenAddress().message },
  { pattern: /unable to obtain file audio codec|no audio stream/i, reason: noSoundReason },
  { pattern: /No space left|Errno 28|disk quota/i, reason: 'The server has no room for it.' },
  { pattern: /File too large|Errno 27/i, reason: 'It is larger than this server accepts.' },
  {
    pattern: /\bDRM\b|widevine|fairplay|playready/i,
    reason: 'That video is protected against copying (DRM).',
  },
  {
    pattern:
      /premieres? (in|on|will)|live event will (begin|start)|(event|stream|broadcast|video) (has not|hasn't|is yet to) (begun|started|start)|is upcoming|scheduled (for|to)/i,
    reason: liveText.upcoming,
  },
  {
    pattern: /not (currently )?live|(channel|stream|room|user|streamer) is (currently )?offline/i,
    reason: 'Nothing is on the air there. Try a link to a recording.',
  },
  { pattern: /\b(is|are) live\b|live ?streams? (is|are) not supported/i, reason: liveText.live },
  {
    pattern: /rate.?limit|too many requests|HTTP Error 429|captcha|not a (ro)?bot|anti-bot/i,
    reason: 'The site refuses this server for a while: it asks too often for it. Try again later.',
  },
  {
    pattern: /confirm your age|age.?(restrict|gate|verif|limit)|inappropriate for some/i,
    reason: 'That video is for adults: its site shows it only to people who have signed in.',
  },
  {
    pattern:
      /geo.?(restrict|block)|(not|n't|un)\s?(made )?(this video )?available (in|from|for|to) (your|this) (country|region|location|area)|in your (country|region|location)|your (country|region|location) .*(block|not)/i,
    reason: 'That video is not available where this server is.',
  },
  {
    pattern:
      /members?.only|premium|subscri(be|ption)|paid|pay.?wall|purchase|\brent(al|ed)?\b|join this channel|requires payment/i,
    reason: 'That video is only for paying members of its site.',
  },
  {
    pattern: /private video|video is private|is private\b/i,
    reason: 'That video is private: it needs an account on its site.',
  },
  {
    pattern: /password/i,
    reason: 'That video needs a password, which imports cannot give.',
  },
  {
    pattern:
      /removed|deleted|no longer (available|exist)|taken down|terminated|copyright (claim|grounds)|does ?n[o']t exist|video (is )?unavailable|(video|it) is not available\b(?! (in|from))/i,
    reason: 'That video is not on its site any more.',
  },
  {
    pattern: /Sign in|log ?in|cookies|account|registered users|authenticat/i,
    reason: 'That video needs an account on its site.',
  },
  {
    pattern: /unknown url type|file:(\/\/)? URLs|could not be run|rtmpdump|unsupported url scheme/i,
    reason: streamReason,
  },
  { pattern: /fragment \d+ not found/i, reason: 'A piece of the video is missing on its site.' },
  {
    pattern: /downloaded file is empty|did not get any data blocks/i,
    reason: 'The site sent an empty file in place of the video.',
  },
  {
    pattern:
      /Unsupported URL|No video formats found|no video in|No video could be found|No media found|extension .* is unusual/i,
    reason: noVideoReason,
  },
  {
    pattern: /Requested format is not available/i,
    reason: 'That video has no version of the chosen quality.',
  },
  {
    pattern: /is not a valid URL|looks truncated/i,
    reason: 'That link is not complete.',
  },
  {
    pattern: /Name or service not known|failed to resolve|getaddrinfo/i,
    reason: 'There is no site of that name.',
  },
  { pattern: /timed out|timeout/i, reason: 'The site does not answer.' },
  { pattern: /connection refused|Errno 111/i, reason: 'The site refuses connections.' },
  {
    pattern:
      /content too short|IncompleteRead|more expected|connection (was )?(reset|aborted|broken)|remote end closed|Errno 104|bytes missing|EOF occurred/i,
    reason: brokenReason,
  },
  { pattern: /whitelist|Protocol not found/i, reason: streamReason },
  { pattern: /CERTIFICATE_VERIFY_FAILED/i, reason: 'The certificate of the site is not valid.' },
  { pattern: /WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE/i, reason: noHttpsReason },
  // Python that is out of memory mostly says nothing at all.
  {
    pattern: /^ERROR:\s*$|unable to allocate|MemoryError/i,
    reason: 'That page is too large to look for a video in it.',
  },
]

/** Looked at last: yt-dlp adds its advice to whatever it did not expect. */
const latestReasons: Reason[] = [
  {
    pattern: /ffmpeg exited/i,
    reason: streamReason,
  },
  {
    pattern: /Postprocessing|Conversion failed|ffmpeg|ffprobe/i,
    reason: 'The video came, but could not be made a file that players know.',
  },
  {
    pattern:
      /impersonat|unable to extract|failed to (parse|extract)|(nsig|signature) extraction|extractor error|confirm you are on the latest|KeyError|TypeError|JSONDecodeError|RegexNotFound/i,
    reason:
      'yt-dlp on this server does not understand that site. A newer yt-dlp may: ask whoever runs this server.',
  },
]

// Such a sentence says nothing to whoever pasted a link.
const isOfProgram = /Traceback|\bErrno\b|\b\w+(Error|Exception)\b\(|\bat 0x|\[\w+ @ |<class/i

function cleanReason(text: string): string {
  return (
    text
      .replace(/^ERROR:\s*/, '')
      .replace(/^\[[^\]]*\]\s*(\S+:\s)?/, '')
      // Advice to file a bug, and the exception that caused it.
      .replace(
        /[;.(]?\s*(please report this issue|\(caused by|caused by|confirm you are on).*$/is,
        '',
      )
      // Advice for the command line.
      .replace(/[.;,(]?\s*[^.;,(]*\s--\w[^.;]*/g, '')
      .replace(/[a-z][a-z\d+.-]*:\/\/\S+/gi, '')
      .replace(/(?<![\w])[/~\\][^\s"']*[/\\][^\s"']*/g, '')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, reasonMaxLength)
  )
}
