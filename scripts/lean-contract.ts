import {
  type Directive,
  type Expression,
  type ObjectProperty,
  parseSync,
  type Statement,
  type VariableDeclarator,
} from 'oxc-parser'
import type { Plugin } from 'vite'

/**
 * Builds the contract as the app needs it: without words about fields, which only the API's documents
 * show; without the schemas of requests, which only a server checks; and each endpoint by itself, so that
 * what nothing on the first screen calls is no part of its load.
 */
export function leanContract(): Plugin {
  return {
    name: 'lean-contract',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (/\/src\/app\/.*\.tsx?$/.test(id)) return { code: takeRowsAlone(code, id), map: null }
      const [, file, part] = /\/src\/contract\/([\w-]+\.ts)(?:\?(\w+))?$/.exec(id) ?? []
      if (file === undefined) return null
      if (file !== 'endpoints.ts') return { code: leanSchemas(code), map: null }
      return { code: leanEndpoints(code, part), map: null }
    },
  }
}

const importOfTable = /import \{(?:[^}]*,)? endpoints \} from '#contract\/endpoints\.ts'/

/** A module of the app that takes each endpoint by itself: of the table all of it would be one file's. */
export function takeRowsAlone(code: string, id: string): string {
  if (!importOfTable.test(code)) return code
  const names = new Set(Array.from(code.matchAll(/(?<!\/)\bendpoints\.(\w+)/g), ([, name]) => name))
  const table = id.replace(/\/src\/app\/.*/, '/src/contract/endpoints.ts')
  const imports = Array.from(
    names,
    (name) => `import { row as row_${name} } from '${table}?${name}'`,
  )
  return code.replaceAll(/(?<!\/)\bendpoints\.(\w+)/g, 'row_$1').replace(importOfTable, (whole) => {
    const others = whole.replace(/,? endpoints /, ' ')
    return [/\{\s*\}/.test(others) ? '' : others, ...imports].join('\n')
  })
}

/** The code without words about fields, and with nothing in it that a bundler would have to keep unused. */
export function leanSchemas(code: string): string {
  const silent = code.replaceAll(/z\.meta\(\{[\s\S]*?\}\),?/g, '')
  const edits: Edit[] = []
  for (const statement of parse(silent)) {
    if (/^z\.globalRegistry\b/.test(silent.slice(statement.start, statement.end))) {
      edits.push({ start: statement.start, end: statement.end, text: '' })
    }
    for (const { init } of declaredIn(statement)) {
      if (!init) continue
      const text = silent.slice(init.start, init.end)
      // Methods such as `check` may do anything, as far as a bundler knows.
      if (text.includes('('))
        edits.push({
          start: init.start,
          end: init.end,
          text: `/* @__PURE__ */ (() => (${text}))()`,
        })
    }
  }
  return change(silent, edits)
}

/**
 * The table of endpoints as a namespace, which a bundler takes apart, unlike an object. `part` is `rows`
 * for what is in it, and an endpoint's name for that row alone; undefined for what others import.
 */
export function leanEndpoints(code: string, part?: string): string {
  if (part === undefined) return "export * as endpoints from './endpoints.ts?rows'"
  const { start, rows } = readTable(code)
  if (part === 'rows') {
    const names = rows.map(({ name }) => `export { row as ${name} } from './endpoints.ts?${name}'`)
    return names.join('\n')
  }
  const row = rows.find(({ name }) => name === part)
  if (!row) throw new Error(`The table of endpoints has no ${part}`)
  const head = constantsFor(row.text, code.slice(0, start))
  return leanSchemas(`${importsFor(row.text, head)}export const row = ${row.text}`)
}

/** The code before the table without the constants that neither the row nor what it uses names. */
function constantsFor(row: string, head: string): string {
  const edits: Edit[] = []
  let used = row
  for (const statement of parse(head).toReversed()) {
    const [constant] = declaredIn(statement)
    if (constant?.id.type !== 'Identifier') continue
    if (new RegExp(`\\b${constant.id.name}\\b`).test(used)) {
      used += head.slice(statement.start, statement.end)
    } else edits.push({ start: statement.start, end: statement.end, text: '' })
  }
  return change(head, edits)
}

/** The code before the table, where it imports only what the row or that code itself names. */
function importsFor(row: string, head: string): string {
  const statement = /import \{([^}]*)\} from ('[^']+')\n/g
  const rest = head.replaceAll(statement, '') + row
  return head.replaceAll(statement, (_, list: string, from: string) => {
    const names = list.split(',').map((name) => name.trim())
    const used = names.filter((name) => name !== '' && new RegExp(`\\b${name}\\b`).test(rest))
    return used.length === 0 ? '' : `import { ${used.join(', ')} } from ${from}\n`
  })
}

/** Where the table starts, and its rows without the schemas of their requests. */
function readTable(code: string): { start: number; rows: { name: string; text: string }[] } {
  for (const statement of parse(code)) {
    const [table] = declaredIn(statement)
    if (table?.id.type !== 'Identifier' || table.id.name !== 'endpoints') continue
    const rows = propertiesOf(table.init).map(({ key, value }) => ({
      name: code.slice(key.start, key.end),
      text: change(
        code.slice(value.start, value.end),
        propertiesOf(value)
          .filter((field) => /^(query|body)$/.test(code.slice(field.key.start, field.key.end)))
          .map((field) => ({ ...shift(field.value, -value.start), text: 'null' })),
      ),
    }))
    return { start: statement.start, rows }
  }
  throw new Error('The contract has no table of endpoints')
}

type Span = { start: number; end: number }
type Edit = Span & { text: string }

const parse = (code: string) => parseSync('contract.ts', code).program.body

/** The variables that a statement of a module declares, exported or not. */
function declaredIn(statement: Directive | Statement): VariableDeclarator[] {
  const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
  return declared?.type === 'VariableDeclaration' ? declared.declarations : []
}

/** Of an object, whatever TypeScript says about it; what is spread into it is left out. */
function propertiesOf(node: Expression | null): ObjectProperty[] {
  if (node?.type === 'TSSatisfiesExpression' || node?.type === 'TSAsExpression') {
    return propertiesOf(node.expression)
  }
  if (node?.type !== 'ObjectExpression') return []
  return node.properties.filter((property) => property.type === 'Property')
}

const shift = ({ start, end }: Span, by: number): Span => ({ start: start + by, end: end + by })

function change(code: string, edits: readonly Edit[]): string {
  const inOrder = edits.toSorted((a, b) => b.start - a.start)
  return inOrder.reduce((text, { start, end, text: inserted }) => {
    return text.slice(0, start) + inserted + text.slice(end)
  }, code)
}
