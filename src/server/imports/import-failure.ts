/** Why an import cannot be done. `message` is for people: no paths, no private URLs, no stack. */
export class ImportFailure extends Error {
  override name = 'ImportFailure'
}

/** A request was taken, and its answer did not come in all the time that a source has for it. */
export class SilentSource extends ImportFailure {
  override name = 'SilentSource'
  constructor() {
    super('The site does not answer.')
  }
}

/** The guard said no: the address is not on the public internet and nobody allowed it. */
export class ForbiddenAddress extends ImportFailure {
  override name = 'ForbiddenAddress'
  constructor() {
    super('That link leads to a private address, which imports may not reach.')
  }
}
