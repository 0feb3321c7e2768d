import * as z from 'zod/mini'
import { ApiFailure } from './api-failure.ts'

// The small build of zod brings no words of its own; the app never shows them, a refusal does.
z.config(z.locales.en())

/** Reads what a client sent by its schema; a refusal names the first field that is wrong, and why. */
export function parseFields<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  place: 'query' | 'body',
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new ApiFailure('invalid_request', whatIsWrong(parsed.error.issues[0], value, place))
}

function whatIsWrong(issue: z.core.$ZodIssue | undefined, value: unknown, place: string): string {
  if (!issue) return `The ${place} is not valid.`
  if (issue.path.length === 0) return `The ${place} must be a JSON object.`
  const field = issue.path.join('.')
  const given = issue.path.reduce<unknown>(fieldOf, value)
  if (given === undefined) return `${field} is missing: ${whereItGoes(field, place)}.`
  if (place === 'query' && Array.isArray(given)) return `${field} is given more than once.`
  // Words of our own already say which field; the library's do not.
  return issue.code === 'custom' || issue.message.startsWith(field)
    ? issue.message
    : `${field}: ${issue.message}`
}

function whereItGoes(field: string, place: string): string {
  return place === 'query'
    ? `add it to the address, as in "?${field}=…"`
    : 'add it to the JSON body'
}

function fieldOf(parent: unknown, name: PropertyKey): unknown {
  return (parent as Record<PropertyKey, unknown> | null | undefined)?.[name]
}
