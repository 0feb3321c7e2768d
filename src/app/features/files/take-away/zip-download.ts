/** A zip that can be saved; all of it is known before its first byte. */
export type ZipDownload = {
  name: string
  /** Bytes of the zip. */
  size: number
  files: number
  /** Why it cannot be saved here, in words; null where it can. */
  obstacle: string | null
  /**
   * Resolves once it is saved; `isHandedOver` where the browser goes on with it by itself.
   * @throws what broke it, an AbortError where it was stopped
   */
  save(signal: AbortSignal, onProgress: (bytes: number) => void): Promise<{ isHandedOver: boolean }>
}

export type Preparing = { signal: AbortSignal; onFound: (files: number) => void }

/** Why there is no zip, in words for people. */
export class NoZip extends Error {}
