import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, mkdtempDisposable, open, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, startBarkeep } from './rival-servers.ts'

// A thousand small files to Barkeep, one by one and many in a request, beside the bare loop of what
// durable means: write + fdatasync + rename + fsync of the folder. All with as many at once.
//   npm run bench:small-files [files] [bytes each] [a request] [rounds]

const [files = 1000, bytes = 10_000, inOne = 250, rounds = 5] = process.argv.slice(2).map(Number)
const atOnce = 8

/** Runs `work` for 0 up to `count`, `atOnce` at a time. */
async function inTurn(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}

const content = Array.from({ length: files }, () => randomBytes(bytes))

function writeRaw(folder: string): Promise<void> {
  return inTurn(files, async (index) => {
    const [part, path] = [join(folder, `${index}.part`), join(folder, `${index}`)]
    {
      await using file = await open(part, 'wx')
      await file.write(content[index] ?? new Uint8Array())
      await file.datasync()
    }
    await rename(part, path)
    await using opened = await open(folder, 'r')
    await opened.sync()
  })
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-bench-'))
await using server = await startBarkeep(folder.path, 'whole')
const headers = { authorization: `Bearer ${server.key}` }

async function post(path: string, body: Uint8Array<ArrayBuffer>, type: string): Promise<void> {
  const reply = await fetch(`${server.origin}/api/v1/${path}`, {
    ...{ method: 'POST', body, headers: { ...headers, 'content-type': type } },
  })
  const text = await reply.text()
  if (reply.status !== 200 || text.includes('"error"')) throw new Error(text)
}

/** One request of many files, as a browser or curl makes it while it reads them. */
const forms = Array.from({ length: Math.ceil(files / inOne) }, (_, request) => {
  const some = content.slice(request * inOne, (request + 1) * inOne)
  const parts = some.flatMap((bytes, index) => {
    const name = `name="file"; filename="${request * inOne + index}"`
    const head = `--cut\r\nContent-Disposition: form-data; ${name}\r\n\r\n`
    return [Buffer.from(head), bytes, Buffer.from('\r\n')]
  })
  return Buffer.concat([...parts, Buffer.from('--cut--\r\n')])
})

const noBytes = new Uint8Array()
const ways: Record<string, (round: string) => Promise<void>> = {
  async 'raw loop'(round) {
    const own = join(folder.path, round)
    await mkdir(own)
    await writeRaw(own)
  },
  'one a request': (round) =>
    inTurn(files, (index) =>
      post(`upload?filename=${index}&path=/one-${round}/`, content[index] ?? noBytes, 'image/jpeg'),
    ),
  [`${inOne} a request`]: (round) =>
    inTurn(forms.length, (request) =>
      post(
        `upload/batch?path=/many-${round}/`,
        forms[request] ?? noBytes,
        'multipart/form-data; boundary=cut',
      ),
    ),
}

const times = new Map<string, number[]>(Object.keys(ways).map((way) => [way, []]))
// The first round is not counted: until then a server's code is not yet compiled.
for (let round = -1; round < rounds; round += 1) {
  for (const [way, run] of Object.entries(ways)) {
    const began = performance.now()
    await run(randomUUID())
    if (round >= 0) times.get(way)?.push((performance.now() - began) / 1000)
  }
}
const medianOf = (way: string) => median(times.get(way) ?? [])
process.stdout.write(`${files} files of ${bytes} bytes, ${atOnce} at once, ${rounds} rounds\n\n`)
process.stdout.write('| way | seconds | files/s | of the raw loop |\n| --- | --- | --- | --- |\n')
for (const way of Object.keys(ways)) {
  const seconds = medianOf(way)
  const cells = [
    way,
    seconds.toFixed(2),
    (files / seconds).toFixed(0),
    (seconds / medianOf('raw loop')).toFixed(2),
  ]
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}
