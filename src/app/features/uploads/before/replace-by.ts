import { ApiError } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { endpoints } from '#contract/endpoints.ts'

const how = { lane: 'transfer', purpose: 'uploads' } as const

/**
 * Puts the file called `from` into the place of the one called `name`: in one request where the server takes that.
 * Elsewhere the old one goes to the trash, then the new one gets its name: whatever fails, both are there or can be
 * had back.
 *
 * @throws ApiError, ConnectionError or AbortError as the calls do
 */
export async function replaceBy(
  client: ApiClient,
  { folder, from, name, atOnce }: { folder: string; from: string; name: string; atOnce: boolean },
): Promise<void> {
  const item = folder + from
  if (atOnce) {
    await client.call(endpoints.rename, { ...how, body: { item, name, on_conflict: 'replace' } })
    return
  }
  const { results } = await client.call(endpoints.delete, {
    ...how,
    body: { items: [folder + name] },
  })
  const [result] = results
  // Gone by itself is as good.
  if (result && result.status !== 'ok' && result.code !== 'not_found') {
    throw new ApiError({ code: result.code ?? '', status: 200, message: result.message ?? '' })
  }
  await client.call(endpoints.rename, { ...how, body: { item, name } })
}
