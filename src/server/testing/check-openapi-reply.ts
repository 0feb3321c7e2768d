import { AssertionError } from 'node:assert'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { createOpenApi } from '#server/docs/openapi.ts'

type Reply = { method: string; path: string; status: number; body: unknown }

const id = 'openapi'
const document = createOpenApi('http://127.0.0.1', '0.0.0')
const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema(document, id)

/** The documents' own paths, the plain ones first. */
const paths = Object.keys(document.paths).sort()

function pathLike(pathname: string): string {
  const isLike = (path: string) =>
    new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname)
  return document.paths[pathname] ? pathname : (paths.find(isLike) ?? pathname)
}

/**
 * Throws when an answer of the v1 API is not one that the OpenAPI document tells of: a status that
 * is not there, or a body of another shape; `body` undefined is none. `path` may have a query. For tests.
 */
export function assertMatchesOpenApi({ method, path, status, body }: Reply): void {
  const pathname = pathLike(path.split('?', 1)[0] ?? '')
  const operation = document.paths[pathname]?.[method.toLowerCase()]
  const told = operation ? responsesOf(operation) : ['404', '400', '503']
  if (!told.includes(String(status))) {
    fail(`${method} ${pathname} answered ${status}, which OpenAPI does not tell of.`)
  }
  if (operation && status < 300 && !hasBody(operation, status)) {
    if (body !== undefined) fail(`${method} ${pathname} answered with a body.`)
    return
  }
  const pointer =
    operation && status === 200
      ? `/paths/${escapePointer(pathname)}/${method.toLowerCase()}/responses/200/content/application~1json/schema`
      : '/components/schemas/Error'
  const validate = ajv.getSchema(`${id}#${pointer}`)
  if (!validate) throw new Error(`There is no schema at ${pointer}.`)
  if (!validate(body)) {
    fail(`${method} ${pathname} (${status}): ${ajv.errorsText(validate.errors)}.`)
  }
}

function responsesOf(operation: unknown): string[] {
  return Object.keys((operation as { responses: object }).responses)
}

function hasBody(operation: unknown, status: number): boolean {
  const { responses } = operation as { responses: Record<string, object> }
  return 'content' in (responses[status] ?? {})
}

function escapePointer(text: string): string {
  return text.replaceAll('~', '~0').replaceAll('/', '~1')
}

function fail(message: string): never {
  throw new AssertionError({ message })
}
