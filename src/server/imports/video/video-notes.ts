import type { ImportNote, VideoOptions } from '#contract/imports.ts'
import { unfit } from './check-extras.ts'
import type { FileKind, LeftOut } from './video-files.ts'
import type { FetchedVideo } from './yt-dlp.ts'
import { knownYtDlpFailure } from './yt-dlp-failure-text.ts'

/** What was asked for and is nowhere: yt-dlp only warns of it, or failed over it without a word. */
export function missedExtras(run: {
  asked: VideoOptions
  fetched: FetchedVideo
  warnings: readonly string[]
  isOverExtras: boolean
  hasThumbnail: boolean
}): LeftOut[] {
  const { asked, fetched, warnings, isOverExtras, hasThumbnail } = run
  const known = [...fetched.files, ...fetched.leftOut].map(({ ending }) => ending)
  const missed: LeftOut[] = []
  const miss = (kind: FileKind, ending: string, text: string) => {
    if (known.some((other) => other === ending || other.startsWith(`${ending}.`))) return
    known.push(ending)
    const told =
      text === 'it is empty' ? unfit.empty.reason : (knownYtDlpFailure(text)?.message ?? null)
    const them = kind === 'thumbnail' ? 'it' : 'them'
    const reason = told === null ? `fetching ${them} failed` : asClause(told)
    missed.push({ code: 'unreached', reason, kind, ending })
  }
  for (const warning of warnings) {
    const subtitles = /Unable to download video subtitles for '([^']+)': (.*)/.exec(warning)
    if (subtitles) miss('subtitles', `.${subtitles[1]}`, subtitles[2] ?? '')
  }
  missed.push(...missedLanguages(run, known))
  const has = (kind: FileKind) =>
    [...fetched.leftOut, ...missed].some((other) => other.kind === kind)
  const pictures = /\.(jpe?g|jpe|jfif|png|webp|avif|gif)$/
  if (asked.thumbnail && !has('thumbnail') && (hasThumbnail || isOverExtras)) {
    const text = warnings.find((warning) => /Unable to download .*thumbnail/.test(warning)) ?? ''
    if (!known.some((ending) => pictures.test(ending))) miss('thumbnail', '.jpg', text)
  }
  if (asked.subtitles && isOverExtras && !has('subtitles')) miss('subtitles', '', '')
  return missed
}

function missedLanguages(
  { asked, isOverExtras }: { asked: VideoOptions; isOverExtras: boolean },
  known: readonly string[],
): LeftOut[] {
  const codes = asked.subtitles && !isOverExtras ? (asked.subtitle_languages ?? []) : []
  return codes
    .filter((code) => !known.some((ending) => isOfLanguage(ending, code)))
    .map((code) => ({
      ...{ code: 'no_such_language', reason: 'the site has none in that language' },
      ...{ kind: 'subtitles', ending: `.${code}` },
    }))
}

/** `.en.vtt`, `.en-GB.vtt`, `.en.forced.vtt` for `en`. */
function isOfLanguage(ending: string, code: string): boolean {
  const start = `.${code}`.toLowerCase()
  return ending.toLowerCase().startsWith(start) && /^([-_.]|$)/.test(ending.slice(start.length))
}

/** `The site answered 404.` as the end of another sentence. */
function asClause(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '')
}

/** What a task tells of its video beside its state. `stem` is what its files' names begin with. */
export function videoNotes(
  { leftOut, isUnprepared, missedSound }: FetchedVideo,
  stem: string,
): ImportNote[] {
  const notes: ImportNote[] = leftOut.map(({ code, reason, kind, ending }) => ({
    code,
    file: stem + ending,
    message: `${subjectOf(kind, ending)} left out: ${reason}.`,
  }))
  if (missedSound !== null) {
    const message = `The sound is not in “${missedSound}”: the site tells of none in that language.`
    notes.push({ code: 'no_such_language', message })
  }
  if (isUnprepared) {
    notes.push({
      code: 'unprepared',
      message:
        'The video is complete, but preparing it for all players failed. Retry if yours does not play it.',
    })
  }
  return notes
}

function subjectOf(kind: FileKind, ending: string): string {
  if (kind === 'thumbnail') return 'The thumbnail was'
  const track = ending.slice(1).replace(/\.\w+$/, '')
  if (kind === 'subtitles') return track === '' ? 'Subtitles were' : `The subtitles “${track}” were`
  return `“${ending.slice(1)}” was`
}
