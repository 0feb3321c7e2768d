import { chmod, mkdir, realpath, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { MediaTools } from './media-tools.ts'

export type ImportWorkFolder = {
  /** Where yt-dlp runs and everything it fetches lands. */
  output: string
  /** All that is on its PATH: the wrapped media tools. */
  programs: string
  /** An empty home: no configuration, no plugins, no cookies. */
  home: string
  /** The folder's own name: what runs in it is known by it, also after a crash. */
  mark: string
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * A fresh private folder for one run of yt-dlp. The media tools in it read local files only, so
 * nothing that was fetched (a playlist that calls itself a video) makes them open a connection,
 * and only containers of media, so that none of it makes them read another file of this machine.
 */
export async function createImportWorkFolder(
  blobStore: Pick<BlobStore, 'createWorkFolder'>,
  tools: MediaTools,
): Promise<ImportWorkFolder> {
  const work = await blobStore.createWorkFolder()
  const path = await realpath(work.path)
  const folders = {
    output: join(path, 'output'),
    programs: join(path, 'programs'),
    home: join(path, 'home'),
  }
  await Promise.all(Object.values(folders).map((folder) => mkdir(folder, { mode: 0o700 })))
  const { ffmpeg, ffprobe, setpriv } = tools
  const wrap = (name: string, program: string, limit: string) =>
    writeWrapper(join(folders.programs, name), { program, limit, setpriv })
  await wrap('ffmpeg', ffmpeg, limitEachInput)
  if (ffprobe !== null) await wrap('ffprobe', ffprobe, limitAnyInput)
  return {
    ...folders,
    mark: basename(path),
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  }
}

// Without hls, dash, concat and their like: those are lists that name other files. Nor lavfi, whose
// filters open files, nor svg.
const containers = ['mov', 'mp4', 'm4a', 'matroska', 'webm', 'mpegts', 'mpeg', 'mp3', 'aac', 'ogg']
  .concat('flac', 'wav', 'flv', 'avi', 'asf', 'ac3', 'eac3', 'h264', 'hevc', 'amr', 'caf', 'aiff')
  .concat('webvtt', 'srt', 'ass', 'lrc', 'mpl2', 'ttml', 'ffmetadata')
  .concat('image2', 'jpeg_pipe', 'png_pipe', 'webp_pipe', 'gif', 'mjpeg')

const inputLimits = `-protocol_whitelist file,pipe -format_whitelist ${containers.join(',')}`

/** An input option of ffmpeg holds for the next -i alone, so each gets the limits, last, where they win. */
const limitEachInput = `count=$#
while [ "$count" -gt 0 ]; do
  argument=$1
  shift
  if [ "$argument" = -i ]; then set -- "$@" ${inputLimits}; fi
  set -- "$@" "$argument"
  count=$((count - 1))
done`

/** ffprobe has one input, named with -i or without, and its options hold wherever they stand. */
const limitAnyInput = `set -- "$@" ${inputLimits}`

async function writeWrapper(
  path: string,
  { program, limit, setpriv }: { program: string; limit: string; setpriv: string | null },
): Promise<void> {
  const start = setpriv === null ? '' : `${quote(setpriv)} --pdeathsig KILL -- `
  const script = `#!/bin/sh
ulimit -S -v "$(ulimit -H -v)" 2>/dev/null
${limit}
exec ${start}${quote(program)} "$@"
`
  await writeFile(path, script)
  await chmod(path, 0o700)
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
