import { expect, test } from 'vitest'
import { ApiFailure } from '#server/core/failure.ts'
import { noVideo, ytDlpFailure } from '#server/imports/video/yt-dlp-failure-text.ts'
import { ImportFailure, importErrorOf } from './import-failure.ts'

test.each([
  ['[generic] None: Unsupported URL: http://10.0.0.1/x', noVideo.message],
  [
    '[generic] x: Unable to download webpage: HTTP Error 404: Not Found (caused by <HTTPError 404>)',
    'The site answered 404 (not found).',
  ],
  [
    '[youtube] abc: Private video. Sign in if you have been granted access',
    'That video is private: it needs an account on its site.',
  ],
  ['[x] abc: This video is DRM protected', 'That video is protected against copying (DRM).'],
  [
    '[generic] a: Requested format is not available. Use --list-formats',
    'That video has no version of the chosen quality.',
  ],
  ['', 'That page is too large to look for a video in it.'],
  ['unable to write data: [Errno 28] No space left on device', 'The server has no room for it.'],
  [
    '[generic] x: Unable to download webpage: <urlopen error file: URLs are explicitly disabled in yt-dlp for security reasons. Use --enable-file-urls to enable at your own risk.>',
    'That kind of stream cannot be imported.',
  ],
  [
    '[vimeo] 12: The creator is on holiday; please report this issue on https://github.com/yt-dlp , filling out',
    'The video could not be fetched: The creator is on holiday',
  ],
])('yt-dlp saying "%s" is told in words', (line, words) => {
  expect(ytDlpFailure(['WARNING: x', `ERROR: ${line}`]).message).toBe(words)
})

test('no path and no address of ours comes through, whatever yt-dlp prints', () => {
  const { message: text } = ytDlpFailure([
    'ERROR: [x] y: Cannot open /srv/barkeep/staging/ab12/video.mp4 from http://10.0.0.7:81/secret?token=1 via ~/x/y',
  ])
  expect(text).not.toMatch(/srv|work|10\.0|token|https?:|~/)
  expect(text).toMatch(/^The video could not be fetched: Cannot open/)
})

test('a Python stack is never shown', () => {
  const lines = [
    'Traceback (most recent call last):',
    '  File "/usr/lib/x.py", line 3',
    'KeyError: 1',
  ]
  expect(ytDlpFailure(lines).message).toBe('The video could not be fetched.')
})

test.each([
  [new ImportFailure('bad_link', 'Said plainly.'), 'Said plainly.'],
  [new ApiFailure('payload_too_large', 'x'), 'It is larger than this server accepts.'],
  [new ApiFailure('unavailable', 'x'), 'The server has no room for it, or its disk fails.'],
  [
    Object.assign(new Error('getaddrinfo ENOTFOUND a'), { code: 'ENOTFOUND' }),
    'There is no site of that name.',
  ],
  [
    Object.assign(new Error('x'), { code: 'HPE_INVALID_CONSTANT' }),
    'The answer of the site breaks the rules of HTTP.',
  ],
  [Object.assign(new Error('x'), { code: 'EPROTO' }), 'The site does not speak https there.'],
  [
    Object.assign(new Error('x'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    'The certificate of the site is not valid.',
  ],
  [
    new TypeError('x is not a function at /srv/app.ts:3'),
    'Something unexpected went wrong on the server.',
  ],
])('the failure %s is told in words', (error, words) => {
  expect(importErrorOf(error).message).toBe(words)
})

test.each([
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'The site does not speak https there.'],
  ['CERT_HAS_EXPIRED', 'The certificate of the site has expired.'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'The certificate of the site is for another name.'],
  [
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'The site speaks only versions of https (TLS) that are too old; browsers refuse it, too.',
  ],
])('https that ends in %s is told in words', (code, words) => {
  expect(importErrorOf(Object.assign(new Error('x'), { code })).message).toBe(words)
})
