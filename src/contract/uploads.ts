import * as z from 'zod/mini'
import { fileNameField, newFolderOrRoot } from './request-fields.ts'

export const uploadMaxBytesDefault = 2_147_483_648

export const uploadQuery = z.object({
  filename: fileNameField.check(z.meta({ description: 'The name that the file should get.' })),
  path: newFolderOrRoot.check(z.meta({ description: 'The folder it goes to, `/` if left out.' })),
})

export const uploadReply = z.object({
  status: z.literal('ok'),
  tracking_id: z.string(),
  file_name: z
    .string()
    .check(z.meta({ description: 'The name the file got: a taken name gets " (2)".' })),
  size: z.number(),
  link: z.string(),
  folder: z.string(),
})

export type UploadReply = z.infer<typeof uploadReply>
