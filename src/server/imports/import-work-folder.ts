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
  await writeWrapper(join(folders.programs, 'ffmpeg'), tools.ffmpeg, tools.setpriv)
  if (tools.ffprobe !== null) {
    await writeWrapper(join(folders.programs, 'ffprobe'), tools.ffprobe, tools.setpriv)
  }
  return {
    ...folders,
    mark: basename(path),
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  }
}

const localOnly = '-protocol_whitelist file,pipe'
// Without hls, dash, concat and their like: those are lists that name other files.
const containers = ['mov', 'mp4', 'm4a', 'matroska', 'webm', 'mpegts', 'mpeg', 'mp3', 'aac', 'ogg']
  .concat('flac', 'wav', 'flv', 'avi', 'asf', 'ac3', 'eac3', 'h264', 'hevc', 'amr', 'caf', 'aiff')
  .concat('webvtt', 'srt', 'ass', 'lrc', 'mpl2', 'ttml', 'ffmetadata')
  .concat('image2', 'jpeg_pipe', 'png_pipe', 'webp_pipe', 'mjpeg', 'lavfi')

async function writeWrapper(path: string, program: string, setpriv: string | null): Promise<void> {
  // Input options hold for the next -i alone, so each input gets them; they come last and win.
  const start = setpriv === null ? '' : `${quote(setpriv)} --pdeathsig KILL -- `
  const limits = `${localOnly} -format_whitelist ${quote(containers.join(','))}`
  const script = `#!/bin/sh
ulimit -S -v "$(ulimit -H -v)" 2>/dev/null
case "$*" in *' -i '* | '-i '*) first= ;; *) first="${localOnly}" ;; esac
count=$#
while [ "$count" -gt 0 ]; do
  argument=$1
  shift
  if [ "$argument" = -i ]; then set -- "$@" ${limits}; fi
  set -- "$@" "$argument"
  count=$((count - 1))
done
exec ${start}${quote(program)} $first "$@"
`
  await writeFile(path, script)
  await chmod(path, 0o700)
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
