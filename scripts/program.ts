/** A file that its makers publish together with a list of SHA-256 sums. */
export type Release = {
  url: string
  /** Text in sha256sum's format that has a line for the last part of `url`. */
  checksumsUrl: string
  /** Files to take out of the archive's `bin/` folder; null where the download is the program itself. */
  archiveMembers: string[] | null
}

/** A program that Barkeep runs but that npm cannot bring. Its Debian package has the same name. */
export type Program = {
  name: string
  /** What does not work without it. */
  neededFor: string
  release: Release | null
  homebrewFormula: string | null
  /** What makes it print its version: the proof that it runs on this machine. */
  versionArguments: string[]
}

const ytDlpFiles: Record<string, string> = {
  'linux x64': 'yt-dlp_linux',
  'linux arm64': 'yt-dlp_linux_aarch64',
  'darwin x64': 'yt-dlp_macos',
  'darwin arm64': 'yt-dlp_macos',
}

const ffmpegFiles: Record<string, string> = {
  'linux x64': 'ffmpeg-master-latest-linux64-gpl.tar.xz',
  'linux arm64': 'ffmpeg-master-latest-linuxarm64-gpl.tar.xz',
}

/** @param system platform and processor as Node names them, like `linux x64` */
export function ytDlp(system: string): Program {
  const folder = 'https://github.com/yt-dlp/yt-dlp/releases/latest/download'
  const file = ytDlpFiles[system]
  return {
    name: 'yt-dlp',
    neededFor: 'importing from video pages',
    release:
      file === undefined
        ? null
        : {
            url: `${folder}/${file}`,
            checksumsUrl: `${folder}/SHA2-256SUMS`,
            archiveMembers: null,
          },
    homebrewFormula: 'yt-dlp',
    versionArguments: ['--version'],
  }
}

/** @param system platform and processor as Node names them, like `linux x64` */
export function ffmpeg(system: string): Program {
  const folder = 'https://github.com/yt-dlp/FFmpeg-Builds/releases/download/latest'
  const file = ffmpegFiles[system]
  return {
    name: 'ffmpeg',
    neededFor: 'importing from video pages',
    release:
      file === undefined
        ? null
        : {
            url: `${folder}/${file}`,
            checksumsUrl: `${folder}/checksums.sha256`,
            archiveMembers: ['ffmpeg', 'ffprobe'],
          },
    homebrewFormula: 'ffmpeg',
    versionArguments: ['-version'],
  }
}

/** What the reference's examples are written for. */
export const curl: Program = {
  name: 'curl',
  neededFor: "the test of the reference's examples",
  release: null,
  homebrewFormula: 'curl',
  versionArguments: ['--version'],
}

/** Playwright gets its own build where there is no package: see `get-programs.ts`. */
export const chromium: Program = {
  name: 'chromium-headless-shell',
  neededFor: 'the tests in a browser',
  release: null,
  homebrewFormula: null,
  versionArguments: ['--version'],
}
