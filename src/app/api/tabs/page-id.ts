import { randomId } from '#app/lib/random-id.ts'

/**
 * Names this page until it is left or reloaded. Not kept in the session storage: `window.open` and
 * "Duplicate tab" copy that, and two tabs would have one name.
 */
export const pageId = randomId()
