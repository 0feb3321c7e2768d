import type * as z from 'zod/mini'
import { jsonSchemaOf } from './json-schema.ts'

export type Field = { name: string; type: string; isRequired: boolean; about: string }

type JsonSchema = {
  type?: string | string[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  enum?: string[]
  const?: unknown
  description?: string
  default?: unknown
}

/** The fields of an object schema as a table shows them; fields in fields get a dotted name. */
export function listFields(schema: z.ZodMiniType): Field[] {
  return fieldsOf(jsonSchemaOf(schema) as JsonSchema, '')
}

function fieldsOf(schema: JsonSchema, path: string): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const name = path + key
    if (field.properties) return fieldsOf(field, `${name}.`)
    const isRequired = schema.required?.includes(key) ?? false
    return [{ name, type: typeOf(field), isRequired, about: aboutOf(field) }]
  })
}

function typeOf(field: JsonSchema): string {
  if (field.enum) return field.enum.map((word) => `"${word}"`).join(' | ')
  // A query string carries numbers as text: what is told is the number.
  const type = field.type ?? field.anyOf?.[0]?.type ?? 'any'
  return [type].flat().join(' | ')
}

function aboutOf({ description, default: fallback }: JsonSchema): string {
  const about = description === undefined ? [] : [description]
  if (fallback !== undefined) about.push(`\`${JSON.stringify(fallback)}\` if left out.`)
  return about.join(' ')
}
