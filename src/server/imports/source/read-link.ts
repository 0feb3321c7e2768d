import { ApiFailure } from '#server/core/failure.ts'
import type { AddressGuard } from '#server/imports/guard/address-guard.ts'
import { ImportFailure } from '#server/imports/tasks/import-failure.ts'

/** @throws ApiFailure `invalid_request` for what is no link that imports may open */
export function readLink(guard: AddressGuard, text: string): URL {
  const url = URL.parse(text.trim())
  if (url === null) {
    throw new ApiFailure(
      'invalid_request',
      'url is not a link that starts with http:// or https://.',
    )
  }
  try {
    guard.checkUrl(url)
  } catch (error) {
    if (error instanceof ImportFailure) throw new ApiFailure('invalid_request', error.message)
    throw error
  }
  return url
}
