import { expect, test } from 'vitest'
import { options } from '#app/testing/import-world.ts'
import { importBody } from '#contract/imports.ts'
import type { VideoChoices } from './import-job.ts'
import { findChoiceErrors, readTime } from './read-choices.ts'
import { videoRequest } from './video-request.ts'

test.each([
  ['', undefined],
  ['90', 90],
  [' 1:30 ', 90],
  ['90:00', 5400],
  ['1:02:03.5', 3723.5],
  ['0', 0],
  ['-1', null],
  ['1h', null],
  ['1:2:3:4', null],
  ['999999', null],
  ['inf', null],
])('the time %j is %s', (text, seconds) => {
  expect(readTime(text)).toBe(seconds)
})

const many = Array.from({ length: 21 }, () => 'en').join(', ')

test.each([
  [{ from: '2:00', to: '1:00' }, { section: 'It must end after it begins.' }],
  [{ to: '0' }, { section: 'It must end after it begins.' }],
  [{ from: 'soon' }, { section: 'A time is 90, 1:30 or 1:02:03.' }],
  [{ audioLanguage: 'en, de' }, { audioLanguage: expect.stringContaining('One code') }],
  [{ subtitleLanguages: 'en, --exec' }, { subtitleLanguages: expect.stringContaining('--exec') }],
  [{ subtitleLanguages: many }, { subtitleLanguages: '20 languages at most.' }],
  [{ isAutomatic: true }, { subtitleLanguages: expect.stringContaining('Say which') }],
  [{ subtitleLanguages: 'en, pt-BR', isAutomatic: true, from: '1', to: '1:30' }, {}],
] as [VideoChoices, object][])('of the choices %o it says %o', (choices, errors) => {
  expect(findChoiceErrors({ ...options, subtitles: true, choices })).toEqual(errors)
})

test('what is wrong with subtitles counts only where there are to be some, and nothing does for a file', () => {
  const choices = { subtitleLanguages: '!', from: 'soon' }
  expect(findChoiceErrors({ ...options, choices })).toEqual({ section: expect.anything() })
  expect(findChoiceErrors({ ...options, type: 'file', choices })).toEqual({})
})

test('the API is asked for what was chosen, and for nothing that is as usual or does not apply', () => {
  const choices: VideoChoices = {
    ...{ subtitleLanguages: 'en; pt-BR', isAutomatic: true, audioLanguage: ' de ' },
    ...{ prefer: 'smallest', audioFormat: 'mp3', from: '1:30', to: '', sponsorblock: false },
  }
  const usual = { quality: 'best', subtitles: false, thumbnail: false }
  expect(videoRequest({ ...options, choices })).toEqual({
    ...{ ...usual, audio_language: 'de', prefer: 'smallest', section: { from: 90 } },
  })
  const video = videoRequest({ ...options, subtitles: true, quality: 'audio', choices })
  expect(video).toMatchObject({
    ...{ subtitle_languages: ['en', 'pt-BR'], automatic_subtitles: true, audio_format: 'mp3' },
  })
  expect(importBody.safeParse({ url: 'https://a.example/', video }).success).toBe(true)
  expect(videoRequest(options)).toEqual(usual)
  expect(videoRequest({ ...options, choices: { prefer: 'best', audioFormat: 'best' } })).toEqual(
    usual,
  )
})
