import * as z from 'zod/mini'

/** What stands behind this address: an own store with accounts, or a gateway to a hosted service. */
export const serverReply = z.object({
  status: z.literal('ok'),
  mode: z.enum(['own', 'gateway']),
  version: z.string(),
})

export type ServerDescription = z.infer<typeof serverReply>
