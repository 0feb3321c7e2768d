import {
  ForbiddenAddress,
  type ImportError,
  ImportFailure,
  liveStream,
  noHttpHead,
  noHttps,
  noRoom,
  RefusedBySource,
  tooLarge,
} from '#server/imports/tasks/import-failure.ts'
import type { LiveState } from './yt-dlp-progress.ts'

const reasonMaxLength = 200

/**
 * The failure in what yt-dlp printed to stderr. Its known failures get our words; another one keeps
 * the site's own sentence with everything cut out that could be an address, a path or advice for
 * developers. What a program says of itself (ffmpeg, Python) is told to nobody.
 */
export function ytDlpFailure(errorLines: readonly string[], quality = 'best'): ImportFailure {
  const text = errorLines.filter((line) => line.startsWith('ERROR:')).at(-1) ?? ''
  const isSoundMissing = quality === 'audio' && /Requested format is not available/i.test(text)
  if (isSoundMissing) return ImportFailure.of(noSound)
  const known = knownYtDlpFailure(text)
  if (known !== null) return known
  const cleaned = isOfProgram.test(text) ? '' : cleanReason(text)
  const end = cleaned === '' ? '.' : `: ${cleaned}`
  return new ImportFailure('bad_link', `The video could not be fetched${end}`)
}

/** What a message of yt-dlp means, in our words; null where it is none that we know. */
export function knownYtDlpFailure(text: string): ImportFailure | null {
  const find = (errors: Known[]) => errors.find(([pattern]) => pattern.test(text))?.[1]
  const known = find(knownErrors)
  if (known) return ImportFailure.of(known)
  const status = /HTTP Error (\d{3})/.exec(text)?.[1]
  if (status) return new RefusedBySource(Number(status))
  const latest = find(latestErrors)
  return latest ? ImportFailure.of(latest) : null
}

const live = (message: string): ImportError => ({ code: 'live', message })

/** Why what is a stream cannot be imported, and when it can. */
export const liveError: Record<LiveState, ImportError> = {
  live: liveStream,
  upcoming: live('That video has not begun yet. Try again when it is over.'),
  ending: live('That live stream has just ended and its recording is not ready. Try again later.'),
}

export const noVideo: ImportError = {
  code: 'no_video',
  message:
    'No video was found on that page. To save the page itself, import it with the type File.',
}

export const unknownStream: ImportError = {
  code: 'not_available',
  message: 'That kind of stream cannot be imported.',
}

export const noMedia: ImportError = {
  code: 'bad_answer',
  message: 'The site sent something that is no video and no sound, or a broken one.',
}

const tooManyRedirects: ImportError = {
  code: 'bad_answer',
  message: 'The link redirects too often.',
}
const noSound: ImportError = { code: 'unusable_format', message: 'That video has no sound.' }
const broken: ImportError = { code: 'site_error', message: 'The site broke the connection.' }
const forbidden: ImportError = new ForbiddenAddress()

type Known = [pattern: RegExp, error: ImportError]

// The first match counts: many messages contain words of others ("Sign in to confirm your age").
const knownErrors: Known[] = [
  [/only the (proxy|media tools)|403: Refused by the filtering proxy/, forbidden],
  [
    /Refused by the filtering proxy/,
    { code: 'site_error', message: 'The site cannot be reached.' },
  ],
  [/redirect error|infinite loop/i, tooManyRedirects],
  [/unable to obtain file audio codec|no audio stream/i, noSound],
  [/No space left|Errno 28|disk quota/i, noRoom],
  [/File too large|Errno 27/i, tooLarge],
  [
    /\bDRM\b|widevine|fairplay|playready/i,
    { code: 'not_available', message: 'That video is protected against copying (DRM).' },
  ],
  [
    /premieres? (in|on|will)|live event will (begin|start)|(event|stream|broadcast|video) (has not|hasn't|is yet to) (begun|started|start)|is upcoming|scheduled (for|to)/i,
    liveError.upcoming,
  ],
  [
    /not (currently )?live|(channel|stream|room|user|streamer) is (currently )?offline/i,
    { code: 'live', message: 'Nothing is on the air there. Try a link to a recording.' },
  ],
  [/\b(is|are) live\b|live ?streams? (is|are) not supported/i, liveError.live],
  [
    /rate.?limit|too many requests|HTTP Error 429|captcha|not a (ro)?bot|anti-bot/i,
    {
      code: 'retry_later',
      message:
        'The site refuses this server for a while: it asks too often for it. Try again later.',
    },
  ],
  [
    /confirm your age|age.?(restrict|gate|verif|limit)|inappropriate for some/i,
    {
      code: 'sign_in_required',
      message: 'That video is for adults: its site shows it only to people who have signed in.',
    },
  ],
  [
    /geo.?(restrict|block)|(not|n't|un)\s?(made )?(this video )?available (in|from|for|to) (your|this) (country|region|location|area)|in your (country|region|location)|your (country|region|location) .*(block|not)/i,
    { code: 'not_available', message: 'That video is not available where this server is.' },
  ],
  [
    /members?.only|premium|subscri(be|ption)|paid|pay.?wall|purchase|\brent(al|ed)?\b|join this channel|requires payment/i,
    { code: 'sign_in_required', message: 'That video is only for paying members of its site.' },
  ],
  [
    /private video|video is private|is private\b/i,
    {
      code: 'sign_in_required',
      message: 'That video is private: it needs an account on its site.',
    },
  ],
  [
    /password/i,
    {
      code: 'sign_in_required',
      message: 'That video needs a password, which imports cannot give.',
    },
  ],
  [
    /removed|deleted|no longer (available|exist)|taken down|terminated|copyright (claim|grounds)|does ?n[o']t exist|video (is )?unavailable|(video|it) is not available\b(?! (in|from))/i,
    { code: 'not_available', message: 'That video is not on its site any more.' },
  ],
  [
    /Sign in|log ?in|cookies|account|registered users|authenticat/i,
    { code: 'sign_in_required', message: 'That video needs an account on its site.' },
  ],
  [
    /unknown url type|file:(\/\/)? URLs|could not be run|rtmpdump|unsupported url scheme/i,
    unknownStream,
  ],
  [
    /fragment \d+ not found/i,
    { code: 'site_error', message: 'A piece of the video is missing on its site.' },
  ],
  [
    /downloaded file is empty|did not get any data blocks/i,
    { code: 'bad_answer', message: 'The site sent an empty file in place of the video.' },
  ],
  [
    /Unsupported URL|No video formats found|no video in|No video could be found|No media found|extension .* is unusual/i,
    noVideo,
  ],
  [
    /Requested format is not available/i,
    { code: 'unusable_format', message: 'That video has no version of the chosen quality.' },
  ],
  [
    /is not a valid URL|looks truncated/i,
    { code: 'bad_link', message: 'That link is not complete.' },
  ],
  [
    /Name or service not known|failed to resolve|getaddrinfo/i,
    { code: 'bad_link', message: 'There is no site of that name.' },
  ],
  [/timed out|timeout/i, { code: 'site_error', message: 'The site does not answer.' }],
  [
    /connection refused|Errno 111/i,
    { code: 'site_error', message: 'The site refuses connections.' },
  ],
  [
    /content too short|IncompleteRead|more expected|connection (was )?(reset|aborted|broken)|remote end closed|Errno 104|bytes missing|EOF occurred/i,
    broken,
  ],
  [/whitelist|Protocol not found/i, unknownStream],
  [
    /CERTIFICATE_VERIFY_FAILED/i,
    { code: 'insecure_site', message: 'The certificate of the site is not valid.' },
  ],
  [/WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE/i, noHttps],
  [/BadStatusLine|UnknownProtocol/, noHttpHead],
  // Out of memory, Python mostly prints nothing.
  [
    /^ERROR:\s*$|unable to allocate|MemoryError/i,
    { code: 'not_available', message: 'That page is too large to look for a video in it.' },
  ],
]

/** Looked at last: yt-dlp adds its advice to whatever it did not expect. */
const latestErrors: Known[] = [
  [/ffmpeg exited/i, unknownStream],
  [
    /Postprocessing|Conversion failed|ffmpeg|ffprobe/i,
    {
      code: 'unusable_format',
      message: 'The video came, but could not be made a file that players know.',
    },
  ],
  [
    /impersonat|unable to extract|failed to (parse|extract)|(nsig|signature) extraction|extractor error|confirm you are on the latest|KeyError|TypeError|JSONDecodeError|RegexNotFound/i,
    {
      code: 'outdated_program',
      message:
        'yt-dlp on this server does not understand that site. A newer yt-dlp may: ask whoever runs this server.',
    },
  ],
]

// Programmers' words mean nothing to whoever pasted a link.
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
