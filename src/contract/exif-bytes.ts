/** Steps and bytes; the largest blocks of cameras take a tenth. More is written to keep readers busy. */
const mostRead = 2_000_000

/**
 * An EXIF block as `exif-reader` reads it. That is written for Node's `Buffer`, and follows whatever a block
 * says: ten thousand fields may each name all of the block as their text, which would keep a page or a
 * server busy for minutes. So what is read is counted.
 * Its methods throw RangeError past the end, and once too much was read.
 */
export class ExifBytes {
  readonly 0: number
  readonly 1: number
  readonly #view: DataView
  readonly #budget: { left: number }

  /** @param block what starts with `II` or `MM` */
  constructor(block: Uint8Array, budget = { left: mostRead }) {
    this[0] = block[0] ?? 0
    this[1] = block[1] ?? 0
    this.#view = new DataView(block.buffer, block.byteOffset, block.length)
    this.#budget = budget
  }

  /** Asked at each step, also where bytes are not read by a method. */
  get length(): number {
    this.#spend(1)
    return this.#view.byteLength
  }

  slice(from: number, to: number): ExifBytes {
    const bytes = this.#bytes().subarray(from, to)
    this.#spend(bytes.length)
    return new ExifBytes(bytes, this.#budget)
  }

  some(test: (byte: number) => boolean): boolean {
    return this.#bytes().some((byte) => test(byte))
  }

  /** As ASCII, whatever the encoding. */
  toString(_encoding = 'ascii', start = 0, end = this.#view.byteLength): string {
    return String.fromCharCode(...this.#bytes().subarray(start, end))
  }

  readUInt16LE = (at: number) => this.#counted().getUint16(at, true)
  readUInt16BE = (at: number) => this.#counted().getUint16(at)
  readUInt32LE = (at: number) => this.#counted().getUint32(at, true)
  readUInt32BE = (at: number) => this.#counted().getUint32(at)
  readInt8 = (at: number) => this.#counted().getInt8(at)
  readInt16LE = (at: number) => this.#counted().getInt16(at, true)
  readInt16BE = (at: number) => this.#counted().getInt16(at)
  readInt32LE = (at: number) => this.#counted().getInt32(at, true)
  readInt32BE = (at: number) => this.#counted().getInt32(at)

  #bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset, this.#view.byteLength)
  }

  #counted(): DataView {
    this.#spend(1)
    return this.#view
  }

  #spend(amount: number): void {
    this.#budget.left -= amount
    if (this.#budget.left < 0) throw new RangeError('This EXIF block says too much.')
  }
}
