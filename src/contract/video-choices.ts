import * as z from 'zod/mini'
import {
  audioFormats,
  languagePattern,
  sectionMaxSeconds,
  subtitleLanguagesMax,
  videoPreferences,
} from './video-choice-values.ts'

/**
 * What more a video may be asked for: additions of Barkeep, where `GET /api/server` names `video_choices`.
 * Servers that do not know a field ignore it.
 */

const languageRule = 'Languages are codes of languages, such as "en" or "pt-BR".'
const language = z.string().check(z.regex(languagePattern, languageRule))

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

export const videoChoices = {
  subtitle_languages: z
    .optional(
      z
        .array(language)
        .check(
          z.maxLength(
            subtitleLanguagesMax,
            `video.subtitle_languages has at most ${subtitleLanguagesMax} languages.`,
          ),
        ),
    )
    .check(
      z.meta({
        description:
          'An addition of Barkeep: with `subtitles`, only these languages, such as `["en", "pt-BR"]`; all that there are if left out or empty. `en` means `en-GB`, too.',
      }),
    ),
  automatic_subtitles: z.optional(z.boolean()).check(
    z.meta({
      description:
        'An addition of Barkeep: with `subtitle_languages`, also those that the site made by a program, where there are no others.',
    }),
  ),
  audio_language: z.optional(language).check(
    z.meta({
      description: 'An addition of Barkeep: the language of the sound, where there are several.',
    }),
  ),
  prefer: z.optional(z.enum(videoPreferences)).check(
    z.meta({
      description:
        'An addition of Barkeep: `best` picture and sound (as if left out), `most_compatible` with players and devices (H.264, AAC, MP4), or the `smallest` file of the chosen quality.',
    }),
  ),
  audio_format: z.optional(z.enum(audioFormats)).check(
    z.meta({
      description:
        'An addition of Barkeep: with the quality `audio`, what the sound is converted to; `best` leaves it as it comes.',
    }),
  ),
  section: z.optional(section).check(
    z.meta({
      description:
        'An addition of Barkeep: only a part, in seconds. All of it is fetched, and cut to this at the picture before `from`.',
    }),
  ),
  sponsorblock: z.optional(z.boolean()).check(
    z.meta({
      description:
        'An addition of Barkeep: mark what viewers reported to SponsorBlock (advertisements, intros) as chapters. Asks a foreign service, where whoever runs the server allows that and `GET /api/server` names `sponsorblock`.',
    }),
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
