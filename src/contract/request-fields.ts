import * as z from 'zod/mini'
import type { Parsed } from './file-name.ts'
import { parseFileName } from './file-name.ts'
import { parseFolderPath, parseNewFolderPath, rootFolder } from './folder-path.ts'

/** A string field that a contract parser reads; its refusal names the rule that was broken. */
function parsedText<Value>(parse: (text: string) => Parsed<Value>) {
  return z.pipe(
    z.string(),
    z.transform((text: string, context): Value => {
      const parsed = parse(text)
      if (parsed.ok) return parsed.value
      context.issues.push({ code: 'custom', message: parsed.rule, input: text })
      return z.NEVER
    }),
  )
}

export const fileNameField = parsedText((text) => parseFileName(text))
/** Where something new goes. */
export const newFolderField = parsedText(parseNewFolderPath)
export const newFolderOrRoot = orRoot(newFolderField)
/** What is to be opened. */
export const folderPathField = parsedText(parseFolderPath)
export const folderPathOrRoot = orRoot(folderPathField)

function orRoot(field: typeof newFolderField) {
  return z.pipe(
    z.optional(field),
    z.transform((path) => path ?? rootFolder),
  )
}

const offsetRule = 'offset must be a whole number, 0 or more.'
/** Past the end of every folder are also the whole numbers that are more than a number here can be. */
const offsetText = z.pipe(
  z.string().check(z.regex(/^\d+$/)),
  z.transform((digits) => Math.min(Number(digits), Number.MAX_SAFE_INTEGER)),
)

/** Query strings carry text, callers have numbers: both are read. */
export const offsetField = z.pipe(
  z.optional(z.union([z.int().check(z.minimum(0, offsetRule)), offsetText], { error: offsetRule })),
  z.transform((offset) => offset ?? 0),
)

/** A number of things from 1 to `max`; undefined where it is left to the server. */
export function limitField(max: number) {
  const rule = `limit must be a whole number from 1 to ${max.toLocaleString('en')}.`
  const number = z.int().check(z.minimum(1, rule), z.maximum(max, rule))
  const text = z.pipe(z.string().check(z.regex(/^\d+$/)), z.transform(Number))
  return z.optional(z.union([number, z.pipe(text, number)], { error: rule }))
}

const coversRule = 'covers must be true or false.'

/** Query strings carry text. */
export const coversField = z.optional(
  z.union(
    [
      z.boolean(),
      z.pipe(
        z.enum(['true', 'false']),
        z.transform((text) => text === 'true'),
      ),
    ],
    { error: coversRule },
  ),
)
