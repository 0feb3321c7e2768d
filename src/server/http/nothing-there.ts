import { ApiFailure } from './api-failure.ts'

/** Whether a path can only be meant for a program: what is not there is told in JSON. */
export function isProgramPath(url: string): boolean {
  return /^\/(api|share)(\/|\?|$)/.test(url)
}

export function nothingThere(): ApiFailure {
  return new ApiFailure('not_found', 'There is nothing at this address.')
}
