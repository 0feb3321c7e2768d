import type * as z from 'zod/mini'
import { apiErrorCodes, apiErrorStatus } from '#contract/api-error.ts'
import { apiKeysPerAccount, scopes } from '#contract/api-keys.ts'
import { rateLimitDefault, rateLimitWindowSeconds } from '#contract/rate-limit.ts'
import {
  allAbout,
  type DocumentedEndpoint,
  documentedEndpoints,
  errorsOf,
  errorWords,
} from './endpoint-words.ts'
import { jsonSchemaOf } from './openapi.ts'

type PageOptions = {
  origin: string
  rateLimit: number
  /** The service that this server stands in front of; null where it has files of its own. */
  upstream: string | null
}

/** The reference as a page, with commands that work against `origin` as they stand. */
export function createReferencePage(options: PageOptions): string {
  const { origin, upstream } = options
  const shown = documentedFor(upstream)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>API reference · Barkeep</title>
<link rel="stylesheet" href="/docs/api.css">
</head>
<body>
<header><a href="/">Barkeep</a></header>
<nav aria-label="On this page">
<ul>
<li><a href="#keys">Keys and scopes</a></li>
<li><a href="#rate-limit">Rate limit</a></li>
<li><a href="#errors">Errors</a></li>
${shown.map(({ name, summary }) => html`<li><a href="#${name}">${summary}</a></li>`)}
</ul>
</nav>
<main>
<h1>API reference</h1>
<p>Everything this file manager does goes through this API, and your programs can do the same. It speaks
JSON below <code>${origin}/api/v1/</code>; whatever it answers has a <code>status</code> of <code>"ok"</code> or
<code>"error"</code>. As a file for tools: <a href="/api/v1/openapi.json">OpenAPI 3.1</a>.</p>
${upstream === null ? html`` : describeGateway(upstream)}
${command('"{url}"', `${origin}/api/v1/me`)}
${describeKeys(upstream)}
${describeRateLimit(options)}
${describeErrors()}
${shown.map((documented) => describeEndpoint(documented, options))}
</main>
</body>
</html>
`
  return page.markup
}

/** In front of a service: only what every such service has. */
function documentedFor(upstream: string | null): DocumentedEndpoint[] {
  return documentedEndpoints.filter(({ endpoint }) => upstream === null || !endpoint.isAddition)
}

function describeGateway(upstream: string): Html {
  return html`<p>This server stands in front of <code>${upstream}</code> and passes everything on: keys, files and
limits are there, and it may tell more than this page does. When it does not answer, this server says
<code>unavailable</code> by itself, and nothing of the rate limit.</p>`
}

function describeKeys(upstream: string | null): Html {
  const place =
    upstream === null
      ? html`on the
<a href="/api-keys">API keys</a> page or with <code>./barkeep keys</code>`
      : html`at <code>${upstream}</code>`
  return html`<section id="keys" aria-labelledby="keys-heading">
<h2 id="keys-heading">Keys and scopes</h2>
<p>Each request carries a key: <code>Authorization: Bearer csb_live_…</code>. Keys are made and revoked ${place}, ${apiKeysPerAccount} at most for an account. A key is
shown once, for only its hash is kept. Revoked, it is dead for the next request. Give a key the scopes that its
program needs and no more.</p>
${table(
  ['Scope', 'Opens'],
  scopes.map((scope) => [
    html`<code>${scope}</code>`,
    html`<ul>${documentedFor(upstream)
      .filter(({ endpoint }) => endpoint.scope === scope)
      .map(
        ({ endpoint }) => html`<li><code>${endpoint.method} ${endpoint.path}</code></li>`,
      )}</ul>`,
  ]),
)}
</section>
`
}

function describeRateLimit({ rateLimit, upstream }: PageOptions): Html {
  const limit = upstream === null ? rateLimit : rateLimitDefault
  return html`<section id="rate-limit" aria-labelledby="rate-limit-heading">
<h2 id="rate-limit-heading">Rate limit</h2>
<p>A key may make ${limit} requests in any ${rateLimitWindowSeconds} seconds: the window slides, so a slot frees
${rateLimitWindowSeconds} seconds after the request that took it. What is refused takes no slot. Every answer tells where you are:</p>
${table(
  ['Header', 'Says'],
  [
    [html`<code>X-RateLimit-Limit</code>`, html`Requests in one window.`],
    [html`<code>X-RateLimit-Remaining</code>`, html`How many are left now.`],
    [html`<code>X-RateLimit-Reset</code>`, html`The Unix second at which the next slot frees.`],
    [html`<code>Retry-After</code>`, html`With a 429: seconds until a request will pass.`],
  ],
)}
</section>
`
}

function describeErrors(): Html {
  return html`<section id="errors" aria-labelledby="errors-heading">
<h2 id="errors-heading">Errors</h2>
<p>Decide by <code>code</code>, which stays; <code>message</code> is for people and may change.</p>
${json({ status: 'error', code: 'not_found', message: 'There is no such folder.' })}
${table(
  ['Status', 'Code', 'When'],
  apiErrorCodes.map((code) => [
    html`${apiErrorStatus[code]}`,
    html`<code>${code}</code>`,
    sentence(errorWords[code]),
  ]),
)}
</section>
`
}

function describeEndpoint(documented: DocumentedEndpoint, { origin, upstream }: PageOptions): Html {
  const { name, summary, about, endpoint, curl, answer } = documented
  const example = JSON.parse(JSON.stringify(answer).replaceAll('ORIGIN', upstream ?? origin))
  return html`<section id="${name}" aria-labelledby="${name}-heading">
<h2 id="${name}-heading">${summary}</h2>
<p class="endpoint"><code>${endpoint.method} ${endpoint.path}</code> ${
    endpoint.scope
      ? html`needs the scope <code>${endpoint.scope}</code>`
      : endpoint.access === 'open'
        ? 'no key'
        : 'any key'
  }</p>
<p>${sentence(upstream === null ? allAbout(documented) : about)}</p>
${describeFields(endpoint)}
${command(curl.join(' \\\n  '), origin + endpoint.path.replace(':id', 'UPLOAD_ID'))}
${endpoint.success === undefined ? json(example) : html`<pre tabindex="0"><code>${String(example)}</code></pre>`}
<p>Errors: ${errorsOf(documented).map((code) => html`<a href="#errors"><code>${code}</code></a> `)}</p>
</section>
`
}

function describeFields({ query, body }: DocumentedEndpoint['endpoint']): Html {
  const isJson = body !== null && body !== 'bytes' && body !== 'form'
  const fields = isJson ? listFields(body) : listFields(query)
  if (fields.length === 0) return html``
  return table(
    [isJson ? 'Body field' : 'Query', 'Type', 'Meaning'],
    fields.map(({ name, type, isRequired, about }) => [
      html`<code>${name}</code>${isRequired ? ' required' : ''}`,
      html`<code>${type}</code>`,
      sentence(about),
    ]),
  )
}

function table(head: string[], rows: Html[][]): Html {
  return html`<div class="table" tabindex="0"><table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody>
</table></div>`
}

/** What follows `curl` and the key, `{url}` filled in. */
function command(rest: string, url: string): Html {
  const text = `curl -H "Authorization: Bearer YOUR_KEY" \\\n  ${rest}`.replace('{url}', url)
  return html`<pre tabindex="0"><code>${text}</code></pre>`
}

function json(value: unknown): Html {
  return html`<pre tabindex="0"><code>${JSON.stringify(value, null, 2)}</code></pre>`
}

/** Markup that is safe as it stands. Only `html` and `raw` make it. */
export type Html = { readonly markup: string }

type Part = Html | Html[] | string | number

/** A template whose text parts are escaped. */
function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  const markup = strings.map((text, index) => text + markupOf(parts[index] ?? '')).join('')
  return { markup }
}

/** A sentence in which text between backquotes is code, and a blank line starts a paragraph. */
function sentence(text: string): Html {
  return { markup: escapeText(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>') }
}

function markupOf(part: Part): string {
  if (Array.isArray(part)) return part.map(({ markup }) => markup).join('')
  return typeof part === 'object' ? part.markup : escapeText(String(part))
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escapeText(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? '')
}

export type Field = { name: string; type: string; isRequired: boolean; about: string }

type JsonSchema = {
  type?: string | string[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  enum?: string[]
  const?: unknown
  description?: string
  default?: unknown
}

/** The fields of an object schema as a table shows them; fields in fields get a dotted name. */
function listFields(schema: z.ZodMiniType): Field[] {
  return fieldsOf(jsonSchemaOf(schema) as JsonSchema, '')
}

function fieldsOf(schema: JsonSchema, path: string): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const name = path + key
    if (field.properties) return fieldsOf(field, `${name}.`)
    const isRequired = schema.required?.includes(key) ?? false
    return [{ name, type: typeOf(field), isRequired, about: aboutOf(field) }]
  })
}

function typeOf(field: JsonSchema): string {
  if (field.enum) return field.enum.map((word) => `"${word}"`).join(' | ')
  // A query string carries numbers as text: what is told is the number.
  const type = field.type ?? field.anyOf?.[0]?.type ?? 'any'
  return [type].flat().join(' | ')
}

function aboutOf({ description, default: fallback }: JsonSchema): string {
  const about = description === undefined ? [] : [description]
  if (fallback !== undefined) about.push(`\`${JSON.stringify(fallback)}\` if left out.`)
  return about.join(' ')
}
