import type { ImportJob } from './import-job.ts'

type Failure = NonNullable<ImportJob['failure']>

/** Of the first that fits; the words are those of Barkeep's server, others get the last one. */
const nextSteps: [pattern: RegExp, nextStep: string][] = [
  // The reason itself says it.
  [/\b(try|retry|use|import it|link to|ask whoever)\b/i, ''],
  [/\bkey\b.* revoked/, 'Connect with another key, then retry.'],
  [/pro plan/, 'Upgrade the account, or connect with a key of one that has it.'],
  [/account is not available/, 'Ask whoever runs the service.'],
  [/chosen quality|has no sound/, 'Import it again with another quality.'],
  [/larger than this server/, 'Import a smaller file, or the video in a lower quality.'],
  [/no room|went wrong on the server/, 'Ask whoever runs the server, then retry.'],
  [
    /sign-in needed|\b403\b|needs a (password|account)|needs an account|paying members|for adults|private:|visitors who have/,
    'Import a link that opens without signing in.',
  ],
  [
    /DRM|not available where|not on its site|stream cannot|legal reasons|private address|too large to look/,
    'Import it from another place.',
  ],
  [
    /answered (408|425|429|5\d\d)|refuses connections|broke the connection|cannot be reached|not answer|stopped answering|too slow|looked up/i,
    'Retry in a while.',
  ],
]

/** What to do about an import that failed; '' where the reason says it. */
export function nextStepOf({ reason, nextStep }: Failure): string {
  if (nextStep !== '') return nextStep
  const fitting = nextSteps.find(([pattern]) => pattern.test(reason))
  return fitting?.[1] ?? 'Check the link, then retry.'
}
