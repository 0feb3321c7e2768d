import * as z from 'zod/mini'

/**
 * The JSON schema of what may be sent. `io: 'input'` for replies, too: the server writes what the
 * app's schemas read, so a field with a default may be missing, and fields nobody knows may come.
 */
export function jsonSchemaOf(schema: z.ZodMiniType) {
  return z.toJSONSchema(schema, {
    io: 'input',
    override({ jsonSchema }) {
      // Every number here is whole; the app reads any, so that it bears a server that is not exact.
      if (jsonSchema.type === 'number') jsonSchema.type = 'integer'
    },
  })
}
