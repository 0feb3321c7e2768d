/** Said whenever a name is refused, so that nobody has to guess. */
export const usernameRule =
  'A username has 1 to 32 lower-case letters, digits, ".", "_" or "-", and starts with a letter or digit.'

/** Lower case only: two people must not look alike to those who read a list of names. */
export function isUsername(text: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,31}$/.test(text)
}

/**
 * The e-mail address that better-auth demands of every user. Nothing is ever sent there: `.invalid`
 * is reserved (RFC 2606) and no address of anybody.
 */
export function placeholderEmail(username: string): string {
  return `${username}@barkeep.invalid`
}
