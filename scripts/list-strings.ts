import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'

export type FoundString = { line: number; text: string }

type Node = { type: string; start: number } & Record<string, unknown>

/** Attributes and properties that are shown or read out. */
const shownNames =
  /^(label|title|description|placeholder|alt|tooltip|nextStep|reason|rule|note|words|message|unavailableReason|emptyHint|valueText|one|other|aria-(label|description|roledescription|valuetext))$/

/** Those that are for machines, whatever they hold. */
const hiddenNames = /^(className|class|style|key|id|type|role|d|viewBox|href|src|path|method|code)$/

/** Functions whose words are shown, told or sent as they are. */
const speakers = /^(announce|tell|say|plural|count|ApiFailure|ApiError)$/

/**
 * All strings of a source file that people may read, in their order: text in JSX, what is given to names
 * that are shown and to functions that tell, and every sentence. Values in a template stand in braces, as
 * they are written.
 */
export function findStrings(name: string, source: string): FoundString[] {
  const { program, errors } = parseSync(name, source)
  if (errors[0]) throw new Error(`${name}: ${errors[0].message}`)
  const found: FoundString[] = []
  const add = (node: Node, text: string) => {
    const words = text.replace(/\s+/g, ' ').trim()
    // A code of an error stands where its words may stand.
    if (!/\p{L}/u.test(words) || /^[a-z]+(_[a-z]+)+$/.test(words)) return
    const start = node.start + (text.length - text.trimStart().length)
    found.push({ line: source.slice(0, start).split('\n').length, text: words })
  }
  const textOf = (node: Node): string | null => {
    if (node.type === 'Literal' || node.type === 'JSXText')
      return typeof node.value === 'string' ? node.value : null
    if (node.type !== 'TemplateLiteral') return null
    const values = node.expressions as Node[]
    return (node.quasis as { value: { cooked: string } }[])
      .map(({ value: { cooked } }, at) => {
        const next = values[at] as (Node & { end: number }) | undefined
        return next ? `${cooked}{${source.slice(next.start, next.end)}}` : cooked
      })
      .join('')
  }
  const visit = (node: Node, isShown: boolean): void => {
    const text = textOf(node)
    // What stands in a template's braces is written with it.
    if (text !== null && (isShown || isSentence(text))) add(node, text)
    else if (!isForMachines(node)) {
      for (const [part, child] of childrenOf(node)) visit(child, isShownIn(node, part, isShown))
    }
  }
  visit(program as unknown as Node, false)
  return found.toSorted((a, b) => a.line - b.line)
}

function isShownIn(node: Node, part: string, isShown: boolean): boolean {
  switch (node.type) {
    case 'JSXAttribute':
    case 'Property': {
      const name = nameOf((node.name ?? node.key) as Node)
      return part === 'value' && shownNames.test(name)
    }
    case 'CallExpression':
    case 'NewExpression':
      return part === 'arguments' && speakers.test(nameOf(node.callee as Node))
    // The words of these are those of what they stand in, but for what is asked.
    case 'ConditionalExpression':
      return isShown && part !== 'test'
    case 'LogicalExpression':
      return isShown && (part === 'right' || node.operator !== '&&')
    case 'ArrowFunctionExpression':
    case 'JSXExpressionContainer':
    case 'ObjectExpression':
    case 'ParenthesizedExpression':
      return isShown && part !== 'params'
    case 'JSXElement':
    case 'JSXFragment':
      return part === 'children'
    default:
      return false
  }
}

function nameOf(node: Node): string {
  if (node.type === 'MemberExpression') return nameOf(node.property as Node)
  return String(node.name ?? node.value ?? '')
}

/** Words with spaces between that begin as sentences do, or end so. Class names and paths do neither. */
function isSentence(text: string): boolean {
  const words = text.trim()
  const letters = words.match(/\p{L}/gu)?.length ?? 0
  const isProse = letters > words.length / 2 && !/[{}<>;=]/.test(words)
  return isProse && /^\S+\s+\S/.test(words) && /^[\p{Lu}“]|[.!?…]$/u.test(words)
}

/** Imports, types, and what is given to names that only machines read. */
function isForMachines({ type, name, key }: Node): boolean {
  if (type === 'ImportDeclaration') return true
  if (type.startsWith('TS')) return !/^TS(As|Satisfies|NonNull)/.test(type)
  const isNamed = type === 'JSXAttribute' || type === 'Property'
  return isNamed && hiddenNames.test(nameOf((name ?? key) as Node))
}

function childrenOf(node: Node): [part: string, child: Node][] {
  return Object.entries(node).flatMap(([part, value]) =>
    [value]
      .flat()
      .filter((child) => child !== null && typeof child === 'object' && 'type' in child)
      .map((child): [string, Node] => [part, child as Node]),
  )
}

/** Prints them all as `file:line<TAB>string`: the beginning of a catalogue of what there is to translate. */
async function printStrings(project: string): Promise<void> {
  const isTest = /\.test\.tsx?$|\/(testing|api-tests)\//
  const names: string[] = []
  for await (const name of glob('src/{app,contract,server}/**/*.{ts,tsx}', { cwd: project })) {
    if (!isTest.test(name)) names.push(name)
  }
  for (const name of names.toSorted()) {
    const source = await readFile(join(project, name), 'utf8')
    for (const { line, text } of findStrings(name, source)) {
      process.stdout.write(`${name}:${line}\t${text}\n`)
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await printStrings(join(import.meta.dirname, '..'))
}
