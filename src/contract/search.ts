import * as z from 'zod/mini'
import { folderPathOrRoot, offsetField } from './request-fields.ts'

/** An addition of Barkeep, where `GET /api/server` names `search`. */

export const searchPageSize = 50
export const searchMaxLength = 200

export const searchKinds = [
  'file',
  'folder',
  'image',
  'video',
  'audio',
  'document',
  'archive',
] as const
export type SearchKind = (typeof searchKinds)[number]

export const searchQuery = z.object({
  q: z
    .string('q must say what to look for.')
    .check(
      z.trim(),
      z.minLength(1, 'q must say what to look for.'),
      z.maxLength(searchMaxLength, 'q has at most 200 characters.'),
      z.meta({ description: 'Parts of a name, in any order, without case and accents.' }),
    ),
  path: folderPathOrRoot.check(z.meta({ description: 'Only in this folder and below it.' })),
  kind: z.optional(z.enum(searchKinds)).check(z.meta({ description: 'Only these.' })),
  offset: offsetField,
})

/** `path` is whole; a folder's ends with `/`, and a folder has no size, link and time. */
const foundItem = z.object({
  kind: z.enum(['file', 'folder']),
  name: z.string(),
  path: z.string(),
  size: z.optional(z.number()),
  link: z.optional(z.string()),
  uploaded_at: z.optional(z.string()),
})
export type FoundItem = z.infer<typeof foundItem>

/** Best first. */
export const searchReply = z.object({
  status: z.literal('ok'),
  items: z.array(foundItem),
  limit: z.number(),
  next_offset: z.number(),
  has_more: z.boolean(),
})
export type SearchPage = z.infer<typeof searchReply>
