import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The variants of the test video; `width` is what a 16:9 picture of that height has. */
export const testVideoVariants = [
  { height: 360, width: 640, bandwidth: 400_000 },
  { height: 720, width: 1280, bandwidth: 900_000 },
  { height: 1080, width: 1920, bandwidth: 1_800_000 },
] as const

export const testVideoSeconds = 6

/**
 * The folder with the test video: `<height>/index.m3u8` and its one-second segments, `film.mp4` of 360
 * lines, `silent.mp4` without its sound, `sound.m4a` alone, and `poster.jpg`.
 * ffmpeg makes it once; every later run, and every process at the same time, reads the same folder.
 * @param ffmpeg the program to run
 */
export async function makeTestVideoMedia(ffmpeg = 'ffmpeg'): Promise<string> {
  const folder = join(tmpdir(), 'barkeep-test-video-v3')
  if (await exists(folder)) return folder
  // Made aside and renamed: another process never sees half a video.
  const making = await mkdtemp(`${folder}-`)
  await Promise.all([...testVideoVariants.map((v) => makeVariant(ffmpeg, making, v)), makePoster()])
  await makeFilms(ffmpeg, making)
  await rename(making, folder).catch(async (error: unknown) => {
    await rm(making, { recursive: true, force: true })
    if (!(await exists(folder))) throw error
  })
  return folder

  async function makePoster() {
    const picture = ['-f', 'lavfi', '-i', 'testsrc=size=640x360:rate=1', '-frames:v', '1']
    await run(ffmpeg, ['-v', 'error', ...picture, join(making, 'poster.jpg')])
  }
}

async function makeVariant(
  ffmpeg: string,
  folder: string,
  variant: (typeof testVideoVariants)[number],
): Promise<void> {
  const target = join(folder, String(variant.height))
  await mkdir(target)
  const size = `${variant.width}x${variant.height}`
  await run(ffmpeg, [
    ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=${size}:rate=15`],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440', '-t', String(testVideoSeconds)],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '15'],
    ...['-c:a', 'aac', '-b:a', '64k'],
    ...['-f', 'hls', '-hls_time', '1', '-hls_list_size', '0', '-hls_playlist_type', 'vod'],
    join(target, 'index.m3u8'),
  ])
  // ffmpeg writes the list last, so a list without its end is a failed run.
  const list = join(target, 'index.m3u8')
  const text = await readFile(list, 'utf8')
  if (!text.includes('#EXT-X-ENDLIST')) await writeFile(list, `${text}#EXT-X-ENDLIST\n`)
}

async function makeFilms(ffmpeg: string, folder: string): Promise<void> {
  const copy = ['-v', 'error', '-i', join(folder, '360/index.m3u8'), '-c', 'copy']
  const fix = ['-bsf:a', 'aac_adtstoasc']
  await run(ffmpeg, [...copy, ...fix, join(folder, 'film.mp4')])
  await run(ffmpeg, [...copy, '-an', join(folder, 'silent.mp4')])
  await run(ffmpeg, [...copy, ...fix, '-vn', join(folder, 'sound.m4a')])
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
