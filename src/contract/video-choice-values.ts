/** What the choices for a video may be; apart from their schemas, which only a server needs. */

export const videoPreferences = ['best', 'most_compatible', 'smallest'] as const

export const audioFormats = ['best', 'm4a', 'mp3', 'opus', 'flac', 'wav'] as const

export const subtitleLanguagesMax = 20

// Nothing that has a meaning in a pattern or begins like an option gets through.
export const languagePattern = /^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,3}$/

/** Whether a text can be a language's code: `en`, `pt-BR`, `zh-Hans`. */
export function isLanguageCode(text: string): boolean {
  return languagePattern.test(text)
}

/** The longest film that a section can be of: two days. */
export const sectionMaxSeconds = 172_800
