import { writeFileSync } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import { setPriority } from 'node:os'

// JavaScript, because each process that strips types loads a compiler of 25 MB to do it. It may die of
// whatever a picture does to it: see `picture-processes.ts`, which starts it.

try {
  setPriority(10)
  // Where memory runs out, this process goes first and the server stays.
  writeFileSync('/proc/self/oom_score_adj', '1000')
} catch {
  // No Linux, or a container that has no say in this.
}
// At once: `process.exit` would wait for a picture that is being decoded.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

const sharp = await import('sharp').then(
  (module) => module.default,
  (error) => {
    process.send?.({ missing: error instanceof Error ? error.message : String(error) }, () =>
      process.exit(1),
    )
    return null
  },
)

if (sharp) {
  sharp.concurrency(1)
  sharp.cache(false)
  // SVG names other files, and what ImageMagick and its like read nobody looks over.
  sharp.block({ operation: ['VipsForeignLoad'] })
  const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'].map(
    (name) => `VipsForeignLoad${name}`,
  )
  sharp.unblock({ operation: loaders })
  process.on('message', (/** @type {import('./picture-processes.ts').PictureJob} */ job) => {
    run(job).then(
      (done) => process.send?.({ done }),
      (error) => {
        const failed = error instanceof Error ? error.message : String(error)
        process.send?.({ failed, problem: error?.problem })
      },
    )
  })
}

/** @param {import('./picture-processes.ts').PictureJob} job */
async function run({ path, side, maxPixels, raw, isPaper }) {
  if (isPaper && side !== null) return await drawFirstPage(path, side)
  if (raw && side !== null) return await runRaw(path, raw, { side, maxPixels })
  return await shrink(path, { side, maxPixels })
}

/** Bytes: those of a camera with 100 megapixels have 20 MB. */
const mostPreview = 48_000_000

/**
 * @param {string} path
 * @param {import('./picture-processes.ts').RawPreviews} raw
 * @param {{ side: number, maxPixels: number }} wanted
 */
async function runRaw(path, { previews, orientation }, { side, maxPixels }) {
  const parts = previews.filter(({ length }) => length > 1000 && length < mostPreview)
  parts.sort((one, other) => one.length - other.length)
  const file = await open(path)
  let largest = null
  try {
    for (const { offset, length } of parts) {
      const bytes = Buffer.alloc(length)
      await file.read(bytes, 0, length, offset)
      // Strips of the photo itself are JPEG too, but of a kind that nothing shows.
      const made = await shrink(bytes, { side, maxPixels, orientation }).catch(() => null)
      if (made && 'bytes' in made) largest = made
      if (made && Math.max(made.width, made.height) >= side) break
    }
  } finally {
    await file.close()
  }
  if (!largest) throw new Error('no preview in it')
  return largest
}

/**
 * @param {string | Buffer} input
 * @param {{ side: number | null, maxPixels: number, orientation?: number }} wanted `orientation` of what does not tell it itself
 */
async function shrink(input, { side, maxPixels, orientation = 1 }) {
  const make = /** @type {NonNullable<typeof sharp>} */ (sharp)
  const picture = make(input, {
    limitInputPixels: maxPixels,
    failOn: 'error',
    sequentialRead: true,
  })
  if (side === null) {
    const { autoOrient, format, exif } = await picture.metadata()
    return { ...autoOrient, format, exif }
  }
  const known = await picture.metadata()
  const isTold = known.orientation !== undefined
  const upright = isTold ? picture.autoOrient() : turn(picture, orientation)
  const bytes = await upright
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 75, effort: 2 })
    .toBuffer()
  const { width, height } = known.autoOrient
  const isOnItsSide = !isTold && orientation >= 5
  return isOnItsSide ? { bytes, width: height, height: width } : { bytes, width, height }
}

/**
 * @param {import('sharp').Sharp} picture
 * @param {number} orientation as EXIF counts it
 */
function turn(picture, orientation) {
  const isMirrored = [2, 4, 5, 7].includes(orientation)
  const angle = [0, 0, 180, 180, 270, 90, 90, 270][orientation - 1] ?? 0
  return (isMirrored ? picture.flop() : picture).rotate(angle)
}

/** Bytes: a PDF is read whole. */
const largestPaper = 64_000_000

/** @type {Promise<import('@hyzyla/pdfium').PDFiumLibrary> | null} */
let pdfium = null

/** PDFium as WebAssembly: it has no file, no network and no JavaScript, and what it breaks is this process. */
async function loadPdfium() {
  try {
    const { PDFiumLibrary } = await import('@hyzyla/pdfium')
    return await PDFiumLibrary.init()
  } catch (error) {
    throw Object.assign(new Error(String(error)), { problem: 'no pdfium' })
  }
}

/**
 * @param {string} path
 * @param {number} side
 */
async function drawFirstPage(path, side) {
  if ((await stat(path)).size > largestPaper) throw new Error('it is too large')
  pdfium ??= loadPdfium()
  try {
    const paper = await (await pdfium).loadDocument(await readFile(path))
    const page = paper.getPage(0)
    const { originalWidth: across, originalHeight: down } = page.getOriginalSize()
    const scale = side / Math.max(across, down)
    if (!Number.isFinite(scale)) throw new Error('its first page has no size')
    const [width, height] = [across, down].map((length) => Math.max(1, Math.floor(length * scale)))
    const { data, ...drawn } = await page.render({ render: 'bitmap', width, height })
    const raw = { width: drawn.width, height: drawn.height, channels: /** @type {4} */ (4) }
    const make = /** @type {NonNullable<typeof sharp>} */ (sharp)
    const picture = make(data, { raw }).flatten({ background: '#fff' })
    paper.destroy()
    return {
      bytes: await picture.webp({ quality: 75, effort: 2 }).toBuffer(),
      width: across,
      height: down,
    }
  } catch (error) {
    // Whatever went wrong may have broken it.
    pdfium = null
    throw error
  }
}
