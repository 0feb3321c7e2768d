import * as z from 'zod/mini'

/**
 * Additions of Barkeep that hang on a file's link and take no key: `GET <link>?thumbnail=SIZE` where
 * `GET /api/server` names `thumbnails`, and `GET <link>?details` where it names `details`.
 */
export const thumbnailSizes = ['small', 'medium', 'large'] as const
export type ThumbnailSize = (typeof thumbnailSizes)[number]

/**
 * The longest side of each in px: a row's icon, a tile, and a whole screen, all for screens with two
 * pixels a CSS pixel. Nothing is enlarged.
 */
export const thumbnailSides: Record<ThumbnailSize, number> = {
  small: 128,
  medium: 480,
  large: 1600,
}

export const thumbnailType = 'image/webp'

const field = <T extends z.ZodMiniType>(schema: T, description: string) =>
  z.optional(schema.check(z.meta({ description })) as T)

/** What is known of a file; what is not known is left out. */
export const detailsReply = z.object({
  status: z.literal('ok'),
  size: z.number().check(z.meta({ description: 'In bytes.' })),
  type: z.string().check(z.meta({ description: 'The media type, by the name.' })),
  sha256: z.string().check(z.meta({ description: 'Hex.' })),
  width: field(z.number(), 'In pixels, as it is shown: turned as its orientation says.'),
  height: field(z.number(), 'In pixels.'),
  duration: field(z.float64(), 'In seconds, with parts of one.'),
  codecs: field(z.array(z.string()), 'As ffmpeg calls them, in the order of the tracks.'),
  taken_at: field(
    z.string(),
    'ISO 8601. Without an offset it is the local time of the place, for many cameras know no other.',
  ),
  camera: field(z.string(), 'Maker and model.'),
  place: field(
    z.object({ latitude: z.float64(), longitude: z.float64() }),
    'In degrees, north and east positive.',
  ),
})

export type FileDetails = z.infer<typeof detailsReply>
