import * as z from 'zod/mini'

/**
 * What more a video may be asked for: additions of Barkeep, where `GET /api/server` names `video_choices`.
 * Servers that do not know a field ignore it.
 */

export const videoPreferences = ['best', 'most_compatible', 'smallest'] as const

export const audioFormats = ['best', 'm4a', 'mp3', 'opus', 'flac', 'wav'] as const

export const subtitleLanguagesMax = 20

// Nothing that has a meaning in a pattern or begins like an option gets through.
const languagePattern = /^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,3}$/

/** Whether a text can be a language's code: `en`, `pt-BR`, `zh-Hans`. */
export function isLanguageCode(text: string): boolean {
  return languagePattern.test(text)
}

const language = (field: string) =>
  z
    .string()
    .check(z.regex(languagePattern, `${field} takes codes of languages, such as "en" or "pt-BR".`))

/** The longest film that a section can be of: two days. */
export const sectionMaxSeconds = 172_800

const sectionRule = `video.section.from and video.section.to are seconds, from 0 to ${sectionMaxSeconds}.`
const seconds = z
  .float64(sectionRule)
  .check(z.minimum(0, sectionRule), z.maximum(sectionMaxSeconds, sectionRule))

const section = z.object({ from: z.optional(seconds), to: z.optional(seconds) }).check(
  z.refine(({ from, to }) => from !== undefined || to !== undefined, {
    message: 'video.section needs from, to or both.',
  }),
  z.refine(({ from = 0, to = Number.POSITIVE_INFINITY }) => from < to, {
    message: 'video.section must end after it begins: from must be less than to.',
  }),
)

export type VideoSection = z.infer<typeof section>

/** A field that v1 does not have. */
export function added<Schema extends z.ZodMiniType>(schema: Schema, description: string) {
  return z.optional(schema.check(z.meta({ description: `An addition of Barkeep: ${description}` })))
}

export const videoChoices = {
  subtitle_languages: added(
    z
      .array(language('video.subtitle_languages'))
      .check(
        z.maxLength(
          subtitleLanguagesMax,
          `video.subtitle_languages has at most ${subtitleLanguagesMax} languages.`,
        ),
      ),
    'with `subtitles`, only these languages, such as `["en", "pt-BR"]`; all that there are if left out or empty. `en` means `en-GB`, too.',
  ),
  automatic_subtitles: added(
    z.boolean(),
    'with `subtitle_languages`, also those that the site made by a program, where there are no others.',
  ),
  audio_language: added(
    language('video.audio_language'),
    'the language of the sound, where there are several.',
  ),
  prefer: added(
    z.enum(videoPreferences),
    '`best` picture and sound (as if left out), `most_compatible` with players and devices (H.264, AAC, MP4), or the `smallest` file of the chosen quality.',
  ),
  audio_format: added(
    z.enum(audioFormats),
    'with the quality `audio`, what the sound is converted to; `best` leaves it as it comes.',
  ),
  section: added(
    section,
    'only a part, in seconds. All of it is fetched, and cut to this at the picture before `from`.',
  ),
  sponsorblock: added(
    z.boolean(),
    'mark what viewers reported to SponsorBlock (advertisements, intros) as chapters. Asks a foreign service, where whoever runs the server allows that and `GET /api/server` names `sponsorblock`.',
  ),
}

/** The rules that need more than one field. Null where all are kept, else the rule that is broken. */
export function brokenChoiceRule(video: {
  subtitles: boolean
  subtitle_languages?: string[] | undefined
  automatic_subtitles?: boolean | undefined
}): string | null {
  const { subtitles, subtitle_languages: languages = [], automatic_subtitles: automatic } = video
  if (!automatic) return null
  if (!subtitles) return 'video.automatic_subtitles needs video.subtitles.'
  return languages.length > 0
    ? null
    : 'video.automatic_subtitles needs video.subtitle_languages: sites have hundreds of them.'
}
