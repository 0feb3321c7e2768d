import * as z from 'zod/mini'
import { coversField, folderPathOrRoot, limitField, offsetField } from './request-fields.ts'

/** Files on one page of a listing, unless asked otherwise. */
export const filesPageSize = 50
/** The most that can be asked for. */
export const maxFilesPageSize = 1000

export const fileSorts = ['name', 'size', 'uploaded_at'] as const
export type FileSort = (typeof fileSorts)[number]

export const filesQuery = z.object({
  path: folderPathOrRoot.check(z.meta({ description: 'The folder, `/` if left out.' })),
  offset: offsetField.check(z.meta({ description: 'How many files to skip, 0 if left out.' })),
  limit: limitField(maxFilesPageSize).check(
    z.meta({
      description:
        'How many files to answer with, 50 if left out. An addition of Barkeep, where `GET /api/server` names `limit` in `additions`.',
    }),
  ),
  sort: z._default(z.enum(fileSorts), 'name').check(
    z.meta({
      description:
        'What the files are in order of. An addition of Barkeep, where `GET /api/server` names `sort` in `additions`.',
    }),
  ),
  order: z
    ._default(z.enum(['asc', 'desc']), 'asc')
    .check(z.meta({ description: 'An addition of Barkeep, as `sort`.' })),
  covers: coversField.check(
    z.meta({
      description:
        '`true`: the first page names the file whose picture stands for each subfolder, in `covers`. An addition of Barkeep, where `GET /api/server` names `covers` in `additions`.',
    }),
  ),
})

const listedFile = z.object({
  name: z.string(),
  size: z.number().check(z.meta({ description: 'In bytes.' })),
  link: z.string().check(z.meta({ description: 'Streams the file; needs no key.' })),
  uploaded_at: z.string().check(z.meta({ description: 'ISO 8601, UTC.' })),
  width: z.optional(z.number()).check(
    z.meta({
      description:
        'Of a picture in pixels, as it is shown, once somebody has looked at it. An addition of Barkeep, where `GET /api/server` names `dimensions` in `additions`.',
    }),
  ),
  height: z.optional(z.number()).check(z.meta({ description: 'As `width`.' })),
})

export type ListedFile = z.infer<typeof listedFile>

const folderCover = z.object({
  folder: z.string(),
  name: z.string(),
  size: z.number(),
  link: z.string(),
})

/** `GET /files`: a page of one folder. Subfolders come with the first page only. */
export const filesReply = z.object({
  status: z.literal('ok'),
  path: z.string(),
  folders: z._default(z.array(z.string()), []),
  files: z.array(listedFile),
  limit: z.number(),
  next_offset: z.number(),
  has_more: z.boolean(),
  total: z.optional(z.number()).check(
    z.meta({
      description:
        'How many files the folder has, where `limit` was given. An addition of Barkeep, where `GET /api/server` names `total` in `additions`.',
    }),
  ),
  covers: z.optional(z.array(folderCover)).check(
    z.meta({
      description:
        'Of subfolders with pictures or films the first by name, of up to 300 folders, where it was asked for. An addition of Barkeep, where `GET /api/server` names `covers` in `additions`.',
    }),
  ),
})

export type FilesPage = z.infer<typeof filesReply>

/** @public Other zones compile against declarations in which it refers to itself by this name. */
export const folderNode = z.object({
  name: z.string(),
  path: z.string(),
  get folders(): z.ZodMiniArray<typeof folderNode> {
    return z.array(folderNode)
  },
})
// A node that refers to itself needs a name in OpenAPI.
z.globalRegistry.add(folderNode, { id: 'FolderNode' })

export type FolderNode = z.infer<typeof folderNode>

/** `GET /folders`: the whole tree, structure only. The root's name is empty. */
export const foldersReply = z.object({ status: z.literal('ok'), tree: folderNode })
