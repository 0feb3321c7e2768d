import { z } from 'zod'
import type { Parsed } from './file-name.ts'
import { parseFileName } from './file-name.ts'
import { parseFolderPath, rootFolder } from './folder-path.ts'

/** A string field that a contract parser reads; its refusal names the rule that was broken. */
function parsedText<Value>(parse: (text: string) => Parsed<Value>) {
  return z.string().transform((text, context): Value => {
    const parsed = parse(text)
    if (parsed.ok) return parsed.value
    context.addIssue({ code: 'custom', message: parsed.rule, input: text })
    return z.NEVER
  })
}

export const fileNameField = parsedText((text) => parseFileName(text))
export const folderPathField = parsedText(parseFolderPath)
export const folderPathOrRoot = folderPathField.optional().transform((path) => path ?? rootFolder)

const offsetRule = 'offset must be a whole number, 0 or more.'

/** Query strings carry text, callers have numbers: both are read. */
export const offsetField = z
  .union(
    [
      z.int().min(0, offsetRule),
      z
        .string()
        .regex(/^\d{1,15}$/)
        .transform(Number),
    ],
    { error: offsetRule },
  )
  .optional()
  .transform((offset) => offset ?? 0)
