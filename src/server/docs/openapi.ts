import * as z from 'zod/mini'
import { type ApiErrorCode, apiErrorStatus, errorReply } from '#contract/api-error.ts'
import { rateLimitHeader } from '#contract/rate-limit.ts'
import {
  allAbout,
  type DocumentedEndpoint,
  documentedEndpoints,
  errorsOf,
  errorWords,
} from './endpoint-words.ts'
import { describeLinks } from './link-words.ts'

type Json = Record<string, unknown>
type ToSchema = (schema: z.ZodMiniType) => Json

/**
 * The v1 API as an OpenAPI 3.1 document, made from the contract's schemas.
 * @param origin where the server is reached, such as `http://127.0.0.1:4000`
 */
export function createOpenApi(origin: string, version: string) {
  const schemas = createSchemaCollector()
  const byPath = Map.groupBy(documentedEndpoints, ({ endpoint }) => openApiPath(endpoint.path))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Barkeep, cloudstorage.bar v1 API',
      version,
      description: 'Upload files, import links and read folders with a Bearer key.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: origin }],
    security: [{ apiKey: [] }],
    tags,
    paths: {
      ...Object.fromEntries(
        [...byPath].map(([path, ofPath]) => [
          path,
          Object.fromEntries(
            ofPath.map((documented) => [
              documented.endpoint.method.toLowerCase(),
              describeOperation(documented, schemas.toSchema),
            ]),
          ),
        ]),
      ),
      ...describeLinks(schemas.toSchema),
    } as Record<string, Json>,
    components: {
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key like `csb_live_…`, with the scopes it was made with.',
        },
      },
      headers: rateLimitHeaders,
      schemas: { Error: schemas.toSchema(errorReply), ...schemas.shared },
    },
  }
}

export type OpenApiDocument = ReturnType<typeof createOpenApi>

const tags = [
  { name: 'account', description: 'The key itself and whose it is.' },
  { name: 'uploads', description: 'Bytes from here to there.' },
  { name: 'imports', description: 'Links that the server fetches by itself.' },
  { name: 'files', description: 'What is stored.' },
  {
    name: 'manage',
    description: 'Renaming, moving, copying, deleting, and the trash: additions of Barkeep.',
  },
  { name: 'shares', description: 'Links for people without a key: additions of Barkeep.' },
]

/** `:id` as OpenAPI writes it. */
function openApiPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

function tagOf({ name, endpoint }: DocumentedEndpoint): string {
  if (/share/i.test(name)) return 'shares'
  return endpoint.scope ? tagOfScope[endpoint.scope] : 'account'
}

const tagOfScope = {
  upload: 'uploads',
  import: 'imports',
  read: 'files',
  manage: 'manage',
} as const

const rateLimitHeaders = {
  'X-RateLimit-Limit': integerHeader('Requests that one key may make in 60 seconds.'),
  'X-RateLimit-Remaining': integerHeader('How many of them are left now.'),
  'X-RateLimit-Reset': integerHeader('Unix second at which the next slot frees.'),
  'Retry-After': integerHeader('Seconds until a request will pass.'),
}

/** What can be repeated, or does no harm twice, and what answers with a secret: that is kept nowhere. */
const withoutIdempotencyKey = new Set([
  'inspectImport',
  'createSubscription',
  'changeSubscription',
  'lookSubscription',
  'deleteSubscription',
  'cancelImport',
  'cancelImports',
  'saveCookies',
  'deleteCookies',
  'createShare',
  'revokeShares',
  'openShare',
  'archive',
])

/** What a request for an upload in parts carries beside the key. */
const tusFields = {
  'Tus-Resumable': ['1.0.0', true],
  'Upload-Length': ['Bytes of the whole file.', true],
  'Upload-Metadata': [
    'Pairs of a name and its value in base64, with commas between: `filename` and, if wished, `path`.',
    true,
  ],
  'Upload-Offset': ['How many bytes are there, as the last answer told.', true],
} as const

const tusHeadersOf: Partial<Record<string, (keyof typeof tusFields)[]>> = {
  beginUpload: ['Tus-Resumable', 'Upload-Length', 'Upload-Metadata'],
  uploadOffset: ['Tus-Resumable'],
  continueUpload: ['Tus-Resumable', 'Upload-Offset'],
  endUpload: ['Tus-Resumable'],
}

function describeTusFields({ name, endpoint }: DocumentedEndpoint): Json[] {
  const headers = (tusHeadersOf[name] ?? []).map((header) => {
    const [description, required] = tusFields[header]
    return { name: header, in: 'header', required, description, schema: { type: 'string' } }
  })
  const ids = [...endpoint.path.matchAll(/:(\w+)/g)].map(([, id]) => {
    const description = 'As `Location` told it.'
    return { name: id, in: 'path', required: true, description, schema: { type: 'string' } }
  })
  return [...ids, ...headers]
}

function takesIdempotencyKey({ name, endpoint }: DocumentedEndpoint): boolean {
  return endpoint.method === 'POST' && !withoutIdempotencyKey.has(name)
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Who sends the same one again within 24 hours gets the first answer again.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

function describeOperation(documented: DocumentedEndpoint, toSchema: ToSchema): Json {
  const { endpoint, name, summary } = documented
  const about = allAbout(documented)
  const parameters = [...describeTusFields(documented), ...describeParameters(endpoint.query)]
  if (takesIdempotencyKey(documented)) parameters.push(idempotencyKey)
  return {
    operationId: name,
    summary,
    description: endpoint.scope ? `${about}\n\nNeeds the scope \`${endpoint.scope}\`.` : about,
    tags: [tagOf(documented)],
    ...(endpoint.access === 'open' && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(endpoint.body !== null && { requestBody: describeBody(endpoint.body, toSchema) }),
    responses: {
      [endpoint.success ?? 200]: {
        description: 'Done.',
        headers: headerReferences(false),
        ...(endpoint.success === undefined && {
          content: { 'application/json': { schema: toSchema(endpoint.reply) } },
        }),
      },
      ...(endpoint.success !== undefined && { 412: otherTusVersion }),
      ...describeErrors(errorsOf(documented)),
    },
  }
}

const otherTusVersion = {
  description: '`Tus-Resumable` names another version; `Tus-Version` says which there is.',
  headers: headerReferences(false),
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
}

function describeParameters(query: z.ZodMiniType): Json[] {
  const schema = jsonSchemaOf(query)
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { description, ...field } = property as Json & { anyOf?: Json[] }
    return {
      name,
      in: 'query',
      required: schema.required?.includes(name) ?? false,
      ...(description !== undefined && { description }),
      // A query string carries numbers as text: what is told is the number.
      schema: field.anyOf?.[0] ?? field,
    }
  })
}

function describeBody(body: z.ZodMiniType | 'bytes' | 'form', toSchema: ToSchema): Json {
  // OpenAPI 3.1 tells raw bytes by their media type alone, and curl calls them a form.
  if (body === 'bytes') {
    return { required: true, content: { 'application/octet-stream': {}, '*/*': {} } }
  }
  if (body === 'form') {
    const files = { type: 'array', items: {}, description: 'Each part is a file with its name.' }
    const schema = { type: 'object', properties: { file: files } }
    return { required: true, content: { 'multipart/form-data': { schema } } }
  }
  return { required: true, content: { 'application/json': { schema: toSchema(body) } } }
}

function describeErrors(codes: ApiErrorCode[]): Json {
  const byStatus = Map.groupBy(codes, (code) => apiErrorStatus[code])
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      {
        description: ofStatus.map((code) => `\`${code}\`: ${errorWords[code]}`).join('\n\n'),
        headers: headerReferences(status === 429),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  )
}

function headerReferences(isRefusedByLimit: boolean): Json {
  return Object.fromEntries(
    Object.keys(rateLimitHeaders)
      .filter((name) => isRefusedByLimit || name.toLowerCase() !== rateLimitHeader.retryAfter)
      .map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  )
}

function integerHeader(description: string) {
  return { description, schema: { type: 'integer', minimum: 0 } }
}

/**
 * Turns zod schemas into JSON schemas and gathers those that refer to themselves, for they need a
 * place of their own.
 */
function createSchemaCollector() {
  const shared: Json = {}
  const toSchema: ToSchema = (schema) => {
    const made = JSON.stringify(jsonSchemaOf(schema))
    const {
      $schema: _,
      $defs,
      ...rest
    } = JSON.parse(made.replaceAll('"#/$defs/', '"#/components/schemas/'))
    Object.assign(shared, $defs)
    return rest
  }
  return { shared, toSchema }
}

/**
 * The JSON schema of what may be sent. `io: 'input'` for replies, too: the server writes what the
 * app's schemas read, so a field with a default may be missing, and fields nobody knows may come.
 */
export function jsonSchemaOf(schema: z.ZodMiniType) {
  return z.toJSONSchema(schema, {
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      // Other numbers are whole; the app reads any, so that it bears a server that is not exact.
      type Def = { format?: string; innerType?: { _zod: { def: Def } } }
      const def = zodSchema._zod.def as Def
      // An optional number is seen twice, by itself and in what makes it optional.
      const { format } = def.innerType?._zod.def ?? def
      if (jsonSchema.type === 'number' && format !== 'float64') jsonSchema.type = 'integer'
    },
  })
}
