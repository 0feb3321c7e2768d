declare const opaque: unique symbol

/**
 * Writes to the store that come true together, or not at all. Whoever begins one hands it on to what
 * writes in it; nobody but the store knows what it is.
 */
export type UnitOfWork = { readonly [opaque]: true }

/** What is written beside something else: both come true, or neither. */
export type WriteAlongside = (unit: UnitOfWork) => Promise<void>
