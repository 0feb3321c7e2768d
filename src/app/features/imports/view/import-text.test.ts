import { expect, test } from 'vitest'
import { newJob } from '#app/features/imports/queue/import-job.ts'
import { readTask } from '#app/features/imports/queue/import-task.ts'
import { link, options } from '#app/testing/import-world.ts'
import { failureText } from './import-text.ts'

const checkLink = 'Check the link, then retry.'
const openLink = 'Import a link that opens without signing in.'
const elsewhere = 'Import it from another place.'
const later = 'Retry in a while.'

test.each([
  ['The key that started it was revoked.', 'Connect with another key, then retry.'],
  ['The account is not available any more.', 'Ask whoever runs the service.'],
  [
    'The account has no pro plan any more.',
    'Upgrade the account, or connect with a key of one that has it.',
  ],
  ['That video is protected against copying (DRM).', elsewhere],
  ['That video is not available where this server is.', elsewhere],
  ['That video is not on its site any more.', elsewhere],
  ['Live streams cannot be imported. Try again when it is over.', ''],
  ['Nothing is on the air there. Try a link to a recording.', ''],
  ['The site speaks https there: use a link that starts with https://.', ''],
  ['The site answered 300 (several files to choose from: link to one of them).', ''],
  [
    'The site answered 503 (unavailable). It wants to be asked again in 5 minutes: retry it then.',
    '',
  ],
  ['That kind of stream cannot be imported.', elsewhere],
  ['That link leads to a private address, which imports may not reach.', elsewhere],
  ['That video is private: it needs an account on its site.', openLink],
  ['That video needs a password, which imports cannot give.', openLink],
  ['That video is only for paying members of its site.', openLink],
  ['That video is for adults: its site shows it only to people who have signed in.', openLink],
  ['The site answered 401 (sign-in needed).', openLink],
  ['The site answered 403 (not allowed).', openLink],
  ['The site answered 404 (not found).', checkLink],
  ['The site answered 410 (gone).', checkLink],
  ['There is no site of that name.', checkLink],
  ['That link is not complete.', checkLink],
  ['The site answered 502 (server error).', later],
  ['The site broke the connection.', later],
  ['The site does not answer.', later],
  ['The site sends the video too slowly.', later],
  ['That video has no sound.', 'Import it again with another quality.'],
  ['That video has no version of the chosen quality.', 'Import it again with another quality.'],
  [
    'It is larger than this server accepts.',
    'Import a smaller file, or the video in a lower quality.',
  ],
  ['The server has no room for it.', 'Ask whoever runs the server, then retry.'],
  ['A word of another server.', checkLink],
])('what to do next fits the reason: %s', (error, nextStep) => {
  const place = { link, options, tabId: 't', addedAt: 0 }
  const task = { id: '1', type: 'video', state: 'failed', progress: '', error }
  const { failure } = readTask(newJob(place), task)
  expect(failure && failureText(failure)).toEqual({ reason: error, nextStep })
})
