import { mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { type ThumbnailSize, thumbnailSides } from '#contract/previews.ts'
import { readConfig } from '#server/core/config.ts'
import { buildServer } from '#server/start/build-server.ts'
import { makeApiKeyFor } from './bench-account.ts'

// Thumbnails of photos with 12 megapixels through the server, beside a loop over the same files by sharp
// with the same settings, two at a time as well; some of one, some of the other, round about.
//   npm run bench:thumbnails [photos] [rounds] [small, medium or large]

const [photos = 200, rounds = 5] = process.argv.slice(2, 4).map(Number)
const size = (process.argv[4] ?? 'medium') as ThumbnailSize
const side = thumbnailSides[size]
const atOnce = 2
/** As many as a browser asks for at once. */
const connections = 6

/** A photo with grain; others differ from it in a comment, so that each is another file. */
async function makePhoto(): Promise<Buffer> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 60 }
  const create = { width: 4000, height: 3000, channels: 3 as const, noise, background: '#000' }
  return await sharp({ create }).blur(2).jpeg({ quality: 88 }).toBuffer()
}

function variantOf(photo: Buffer, index: number): Buffer<ArrayBuffer> {
  const comment = Buffer.from(`\xff\xfe\0\x0aphoto${String(index).padStart(3, '0')}`, 'latin1')
  return Buffer.concat([photo.subarray(0, 2), comment, photo.subarray(2)])
}

/** Runs `work` for each item, so many at a time; answers with the seconds it took. */
async function inParallel<Item>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now()
  const rest = [...items]
  const lane = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return (performance.now() - startedAt) / 1000
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-thumbnails-'))
const config = readConfig({
  PORT: '0',
  BARKEEP_DATA: join(folder.path, 'data'),
  BARKEEP_LOG_LEVEL: 'error',
  BARKEEP_RATE_LIMIT: '1000000',
  BARKEEP_YT_DLP: '/not-looked-for',
})
const server = await buildServer(config)
const origin = await server.listen()
const { key } = await makeApiKeyFor(config.dataFolder)

const photo = await makePhoto()
await mkdir(join(folder.path, 'plain'))
const files = await Promise.all(
  Array.from({ length: photos }, async (_, index) => {
    const path = join(folder.path, 'plain', `${index}.jpg`)
    await writeFile(path, variantOf(photo, index))
    return path
  }),
)
const links: string[] = []
for (const [index, path] of files.entries()) {
  const reply = await fetch(`${origin}/api/v1/upload?filename=${index}.jpg&path=/p/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: await readFile(path),
  })
  links.push(((await reply.json()) as { link: string }).link)
}

sharp.concurrency(1)
sharp.cache(false)
const plainly = (path: string) =>
  sharp(path, { limitInputPixels: 100_000_000, failOn: 'error', sequentialRead: true })
    .autoOrient()
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 75, effort: 2 })
    .toFile(`${path}.webp`)
async function throughServer(link: string): Promise<void> {
  const reply = await fetch(`${link}?thumbnail=${size}`)
  if (!reply.ok) throw new Error(`${link}: ${reply.status}`)
  await reply.arrayBuffer()
}

let [plain, made] = [0, 0]
for (let round = 0; round < rounds; round += 1) {
  const some = <Item>(items: Item[]) => items.filter((_, index) => index % rounds === round)
  plain += await inParallel(some(files), atOnce, plainly)
  made += await inParallel(some(links), connections, throughServer)
}
const again = await inParallel(links, connections, throughServer)
const row = (what: string, seconds: number) =>
  `| ${what} | ${seconds.toFixed(2)} | ${((seconds * 1000) / photos).toFixed(1)} | × ${(seconds / plain).toFixed(2)} |\n`
process.stdout.write(
  `${photos} photos of 12 megapixels, ${(photo.length / 1e6).toFixed(1)} MB each, ${side} px, ${rounds} rounds\n\n`,
)
process.stdout.write('| what | s | ms a photo | beside the loop |\n| --- | --- | --- | --- |\n')
process.stdout.write(row("sharp's loop, two at a time", plain))
process.stdout.write(row('through the server, made', made))
process.stdout.write(row('through the server, kept', again))
await server.close()
