import { writeFileSync } from 'node:fs'
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
      (error) => process.send?.({ failed: error instanceof Error ? error.message : String(error) }),
    )
  })
}

/** @param {import('./picture-processes.ts').PictureJob} job */
async function run({ path, side, maxPixels }) {
  const open = /** @type {NonNullable<typeof sharp>} */ (sharp)
  const picture = open(path, { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true })
  if (side === null) {
    const { autoOrient, format, exif } = await picture.metadata()
    return { ...autoOrient, format, exif }
  }
  const { width, height } = (await picture.metadata()).autoOrient
  const bytes = await picture
    .autoOrient()
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 75, effort: 2 })
    .toBuffer()
  return { bytes, width, height }
}
