import * as z from 'zod/mini'
import { itemList, itemText, maxManagedItems } from './manage.ts'
import { fileNameField, folderPathOrRoot } from './request-fields.ts'

/** An addition of Barkeep, for keys with the scope `read`, where `GET /api/server` names `archive`. */

/** The most files and folders, those inside others too, that one archive holds. */
export const maxArchiveEntries = 200_000

const chosenRule =
  'Name files and folders in items, or in files_of the folder whose files are meant.'

export const archiveBody = z
  .object({
    items: z
      .optional(itemList)
      .check(
        z.meta({ description: '`/Films/a.mp4` is a file, `/Films/` the folder, `/` everything.' }),
      ),
    files_of: z
      .optional(
        z.object({
          path: folderPathOrRoot,
          except: z._default(z.array(itemText).check(z.maxLength(maxManagedItems)), []),
        }),
      )
      .check(
        z.meta({ description: 'All files of a folder but for those in `except`; no subfolders.' }),
      ),
    name: z
      .optional(fileNameField)
      .check(z.meta({ description: 'What the archive is called; `.zip` is added.' })),
  })
  .check(
    z.refine(({ items, files_of }) => items !== undefined || files_of !== undefined, chosenRule),
  )

export const archiveReply = z.object({
  status: z.literal('ok'),
  link: z.string().check(z.meta({ description: 'Streams the archive; needs no key.' })),
  name: z.string(),
  size: z.number().check(z.meta({ description: 'Of the archive, in bytes.' })),
  files: z.number().check(z.meta({ description: 'How many files are in it.' })),
  expires_at: z
    .string()
    .check(z.meta({ description: 'Until when the link opens; ISO 8601, UTC.' })),
})
export type ArchiveReply = z.infer<typeof archiveReply>
