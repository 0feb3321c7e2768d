import { WebSessionError } from './web-session.ts'

export type Words = { title: string; nextStep: string }

/** What went wrong with a call of the web session, and the one next step. */
export function webSessionText(error: unknown): Words {
  if (!(error instanceof WebSessionError)) {
    return { title: 'Something went wrong in the app', nextStep: 'Reload the page and try again.' }
  }
  switch (error.fault) {
    case 'ended':
      return {
        title: 'You are signed out',
        nextStep: 'Sign in again. What you typed is still here.',
      }
    case 'wrong-password':
      return {
        title: 'Name and password do not match',
        nextStep: 'Check both, then try again.',
      }
    case 'banned':
      return {
        title: 'This account is banned',
        nextStep: 'Ask the owner of this server to open it again.',
      }
    case 'too-many-tries':
      return {
        title: 'Too many tries',
        nextStep: error.retryAfter
          ? `Wait ${error.retryAfter} s, then try again.`
          : 'Wait a minute, then try again.',
      }
    case 'gone':
      return {
        title: 'This is not there any more',
        nextStep: 'Reload the page to see what is.',
      }
    case 'refused':
      return {
        title: 'The server refused this',
        nextStep: error.message || 'Check what you typed.',
      }
    case 'unreachable':
      return {
        title: 'The server does not answer',
        nextStep: 'Check that it runs and that you are online, then try again.',
      }
  }
}
