import { ApiError } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { endpoints } from '#contract/endpoints.ts'

const how = { lane: 'transfer', purpose: 'uploads' } as const

/**
 * Puts the file called `from` into the place of the one called `name`. First the old one goes to the trash, then
 * the new one gets its name: whatever fails, both are there or can be had back.
 *
 * @throws ApiError, ConnectionError or AbortError as the calls do
 */
export async function replaceBy(
  client: ApiClient,
  { folder, from, name }: { folder: string; from: string; name: string },
): Promise<void> {
  const { results } = await client.call(endpoints.delete, {
    ...how,
    body: { items: [folder + name] },
  })
  const [result] = results
  // Gone by itself is as good.
  if (result && result.status !== 'ok' && result.code !== 'not_found') {
    throw new ApiError({ code: result.code ?? '', status: 200, message: result.message ?? '' })
  }
  await client.call(endpoints.rename, { ...how, body: { item: folder + from, name } })
}
