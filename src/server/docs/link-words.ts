import type * as z from 'zod/mini'
import { detailsReply, thumbnailSides, thumbnailSizes, thumbnailType } from '#contract/previews.ts'

type Json = Record<string, unknown>

/** What hangs on a file's link, for OpenAPI: it takes no key and no slot of a window. */
export function describeLinks(toSchema: (schema: z.ZodMiniType) => Json): Json {
  const refused = {
    description: 'Refused.',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  }
  const path = (name: string, description: string) => ({
    ...{ name, in: 'path', required: true, description, schema: { type: 'string' } },
  })
  const query = (name: string, description: string, schema: Json) => ({
    ...{ name, in: 'query', required: false, description, schema },
    ...(name === 'details' && { allowEmptyValue: true }),
  })
  const sides = thumbnailSizes.map((size) => `${thumbnailSides[size]} for \`${size}\``)
  return {
    '/share/{tracking_id}/{name}': {
      get: {
        operationId: 'link',
        summary: 'Read a file by its link',
        description:
          'Whoever has the link may read the file, without a key: whole, or the part that `Range` names. With `thumbnail` or `details` it answers with those instead.',
        tags: ['files'],
        security: [],
        parameters: [
          path('tracking_id', 'The secret part of the link.'),
          path('name', 'The name of the file.'),
          query('download', '`1` has browsers save the file.', { type: 'string', enum: ['1'] }),
          query(
            'thumbnail',
            `An addition of Barkeep, where \`GET /api/server\` names \`thumbnails\`: a small picture of a photo, of a film, of the cover of music or of the first page of a PDF. Its longest side has ${sides.join(', ')} pixels. Of raw photos it is that of the preview in them; of SVG and HEIC there is none.`,
            { type: 'string', enum: [...thumbnailSizes] },
          ),
          query(
            'details',
            'An addition of Barkeep, where `GET /api/server` names `details`: what is known of the file.',
            { type: 'string' },
          ),
        ],
        responses: {
          200: {
            description: 'The file, its thumbnail or its details.',
            content: {
              '*/*': {},
              [thumbnailType]: {},
              'application/json': { schema: toSchema(detailsReply) },
            },
          },
          206: { description: 'The part of the file.', content: { '*/*': {} } },
          304: { description: 'Not modified.' },
          400: refused,
          404: { ...refused, description: 'There is no such file, or no thumbnail of it.' },
          503: {
            ...refused,
            description: 'Too many thumbnails are asked for, or the storage fails.',
          },
        },
      },
    },
  }
}
