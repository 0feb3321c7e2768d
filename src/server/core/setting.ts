/** A setting, or what it points to, cannot be used; the message says what to do. Programs exit with 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Where settings are read from. */
export type Environment = Record<string, string | undefined>

/** @throws ConfigError where it is none, or out of its range */
export function wholeNumber(
  env: Environment,
  name: string,
  range: { fallback: number; min: number; max: number },
): number {
  const text = env[name]
  if (!text) return range.fallback
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (number >= range.min && number <= range.max) return number
  throw new ConfigError(
    `${name} must be a whole number from ${range.min} to ${range.max}, not "${text}".`,
  )
}

/** @throws ConfigError where it is none of them */
export function oneOf(env: Environment, name: string, values: string[], fallback: string): string {
  const text = env[name]
  if (!text) return fallback
  if (values.includes(text)) return text
  throw new ConfigError(`${name} must be one of ${values.join(', ')}, not "${text}".`)
}
