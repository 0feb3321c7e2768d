import * as z from 'zod/mini'
import { errorReply } from './api-error.ts'
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

/** What one request of many files may carry; the names and their envelope come on top. */
export const batchMaxFiles = 1_000
export const batchMaxBytes = 64 * 1024 * 1024

export const uploadBatchQuery = z.object({
  path: newFolderOrRoot.check(
    z.meta({ description: 'The folder that the files’ own paths start from, `/` if left out.' }),
  ),
})

const arrivedFile = z.omit(uploadReply, { status: true })

export const uploadBatchReply = z.object({
  status: z.literal('ok'),
  results: z
    .array(z.union([z.object({ status: z.literal('ok'), file: arrivedFile }), errorReply]))
    .check(z.meta({ description: 'One for each part, in their order.' })),
})

export type UploadBatchReply = z.infer<typeof uploadBatchReply>
