import * as z from 'zod/mini'
import { fileNameField, folderPathOrRoot, newFolderField, offsetField } from './request-fields.ts'

/** Additions of Barkeep, for keys with the scope `manage`, where `GET /api/server` names `manage`. */

/** The most items that one request may name. */
export const maxManagedItems = 1_000

/** `/Films/a.mp4` is a file, `/Films/` the folder. What breaks a rule is refused alone, not the whole request. */
const itemRule =
  'Give a whole path of up to 4,096 characters: "/Films/a.mp4", or "/Films/" for the folder.'
export const itemText = z
  .string(itemRule)
  .check(z.minLength(1, itemRule), z.maxLength(4_096, itemRule))
export const itemList = z
  .array(itemText)
  .check(
    z.minLength(1, 'items must name at least one file or folder.'),
    z.maxLength(maxManagedItems, 'items must name at most 1,000 files and folders.'),
  )

/**
 * The files of a folder, in the order of its listing by name, without naming them: up to 1,000 from
 * `offset` on. The answer's `next_offset` and `has_more` say how to go on.
 */
const folderFiles = z.object({
  path: folderPathOrRoot,
  offset: offsetField,
  /** Names that stay as they are. */
  except: z._default(z.array(itemText).check(z.maxLength(maxManagedItems)), []),
})

const chosenRule = 'Name either items, or in files_of the folder whose files are meant.'
function areChosenOnce(body: { items?: unknown; files_of?: unknown }): boolean {
  return (body.items === undefined) !== (body.files_of === undefined)
}

const chosenItems = { items: z.optional(itemList), files_of: z.optional(folderFiles) }

const conflictChoices = ['rename', 'skip', 'replace'] as const
export type ConflictChoice = (typeof conflictChoices)[number]

export const renameBody = z.object({
  item: itemText,
  name: fileNameField,
  on_conflict: z.optional(z.enum(['replace'], 'on_conflict is "replace", or left out.')).check(
    z.meta({
      description:
        'Where the name is taken: `replace` puts what was there into the trash; left out, it is refused. Where `additions` names `rename_replace`.',
    }),
  ),
})
/** `path`: the whole path it has now. */
export const renameReply = z.object({
  status: z.literal('ok'),
  path: z.string(),
  trash_id: z.optional(z.string()).check(z.meta({ description: 'Of what was replaced.' })),
})
export type RenameReply = z.infer<typeof renameReply>

export const placeBody = z
  .object({
    ...chosenItems,
    to: folderPathOrRoot,
    on_conflict: z._default(z.enum(conflictChoices), 'rename').check(
      z.meta({
        description:
          'Where the name is taken: `rename` gives a number, `skip` leaves the item where it is, `replace` puts what was there into the trash.',
      }),
    ),
  })
  .check(z.refine(areChosenOnce, chosenRule))

export const deleteBody = z.object(chosenItems).check(z.refine(areChosenOnce, chosenRule))

/** What became of one item. */
export const itemResult = z.object({
  item: z.string(),
  status: z
    .string()
    .check(z.meta({ description: '`ok`, `skipped` or `error`; the last two with a `code`.' })),
  path: z.optional(z.string()).check(z.meta({ description: 'Its whole path now.' })),
  trash_id: z
    .optional(z.string())
    .check(
      z.meta({ description: 'Of what went to the trash: the item deleted, or the one replaced.' }),
    ),
  code: z.optional(z.string()),
  message: z.optional(z.string()),
})
export type ItemResult = z.infer<typeof itemResult>

export const itemsReply = z.object({
  status: z.literal('ok'),
  results: z.array(itemResult).check(z.meta({ description: 'One for each item, in their order.' })),
  next_offset: z
    .optional(z.number())
    .check(z.meta({ description: 'With `files_of`: where to go on.' })),
  has_more: z.optional(z.boolean()),
})
export type ItemsReply = z.infer<typeof itemsReply>

export const createFolderBody = z.object({ path: newFolderField })
export const createFolderReply = z.object({
  status: z.literal('ok'),
  path: z.string(),
  created: z.boolean().check(z.meta({ description: '`false` where it was there already.' })),
})

export const trashPageSize = 50
export const trashQuery = z.object({ offset: offsetField })

/** A file or, with `path` ending in `/`, a folder with all that was in it. */
const trashItem = z.object({
  id: z.string(),
  name: z.string(),
  path: z.string().check(z.meta({ description: 'Where it was, in full.' })),
  size: z.number().check(z.meta({ description: 'In bytes; of a folder all that is in it.' })),
  deleted_at: z.string().check(z.meta({ description: 'ISO 8601, UTC.' })),
  expires_at: z.string().check(z.meta({ description: 'When it is deleted for ever.' })),
})
export type TrashItem = z.infer<typeof trashItem>

/** The trash, what was deleted last first. */
export const trashReply = z.object({
  status: z.literal('ok'),
  items: z.array(trashItem),
  limit: z.number(),
  next_offset: z.number(),
  has_more: z.boolean(),
  total: z.number(),
  total_size: z.number().check(z.meta({ description: 'Of the whole trash, in bytes.' })),
})
export type TrashPage = z.infer<typeof trashReply>

const trashIds = z
  .array(z.string().check(z.minLength(1), z.maxLength(200)))
  .check(
    z.minLength(1, 'ids must name at least one item of the trash.'),
    z.maxLength(maxManagedItems, 'ids must name at most 1,000 items of the trash.'),
  )
export const trashBody = z.object({ ids: trashIds })
