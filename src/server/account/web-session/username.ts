/** Shown whenever a name is refused. */
export const usernameRule =
  'A username has 1 to 32 lower-case letters, digits, ".", "_" or "-", and starts with a letter or digit.'

/** Lower case only, so that no two names look alike in a list. */
export function isUsername(text: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,31}$/.test(text)
}

/**
 * The e-mail address that better-auth demands of every user. Nothing is ever sent to it:
 * `.invalid` is reserved (RFC 2606).
 */
export function placeholderEmail(username: string): string {
  return `${username}@barkeep.invalid`
}
