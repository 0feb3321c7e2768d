export type FileKind =
  | 'video'
  | 'audio'
  | 'image'
  | 'text'
  | 'document'
  | 'archive'
  | 'subtitles'
  | 'other'

/** Of each kind the endings, with blanks between. */
export const fileEndings: Record<Exclude<FileKind, 'other'>, string> = {
  video: 'mp4 m4v mkv webm mov avi wmv flv mpg mpeg 3gp ogv m2ts mts',
  audio: 'mp3 m4a aac flac wav ogg oga opus wma aiff',
  image:
    'jpg jpeg png gif webp avif jxl svg bmp tif tiff heic heif ico cr2 cr3 nef arw dng raf orf rw2 pef srw',
  subtitles: 'vtt srt ass ssa sub',
  document: 'pdf doc docx odt rtf xls xlsx ods ppt pptx odp epub csv',
  archive: 'zip tar gz tgz bz2 xz 7z rar zst iso dmg',
  text: 'txt md json xml yml yaml html htm css js ts log ini toml sh py',
}

const kindOf = new Map(
  Object.entries(fileEndings).flatMap(([kind, list]) =>
    list.split(' ').map((ending) => [ending, kind as FileKind] as const),
  ),
)

/** A film and a script may both end in `.ts`; no script is as large as the shortest film. */
const filmBytes = 1_000_000

/**
 * What a file probably is, by the end of its name and its size in bytes: for an icon and a viewer,
 * never for safety.
 */
export function fileKind(name: string, size = 0): FileKind {
  const dot = name.lastIndexOf('.')
  const ending = name.slice(dot + 1).toLowerCase()
  if (ending === 'ts' && size >= filmBytes) return 'video'
  return (dot > 0 && kindOf.get(ending)) || 'other'
}
