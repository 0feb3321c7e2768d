import { isKeyRefusal } from '#app/api/api-error.ts'
import type { OutReason } from '#app/api/connection.ts'
import type { ErrorText } from '#app/api/error-text.ts'

const goesOn = 'Connect with another key of the same account, and what was waiting goes on.'

/**
 * What to say about the session that was here before; null where there was none, or where it ended
 * with something that has words of its own. `error` is what ended it.
 */
export function sessionEndWords(reason: OutReason, error: unknown): ErrorText | null {
  if (reason === 'signed-out') {
    return {
      title: 'You are signed out',
      nextStep: 'The key is gone from this tab. Elsewhere it still works.',
    }
  }
  if (reason !== 'refused' || !isKeyRefusal(error)) return null
  if (error.code === 'expired_key') return { title: 'Your key has expired', nextStep: goesOn }
  return { title: 'Your key was revoked, or is unknown here', nextStep: goesOn }
}
