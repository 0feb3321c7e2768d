import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { endpoints } from '#contract/endpoints.ts'
import { leanEndpoints, leanSchemas, takeRowsAlone } from './lean-contract.ts'

const root = join(import.meta.dirname, '../src/contract')
const read = (name: string) => readFile(join(root, name), 'utf8')

test('the contract says nothing about its fields in the app, and is whole all the same', async () => {
  let documented = 0
  for await (const name of glob('*.ts', { cwd: root, exclude: ['*.test.ts'] })) {
    const code = await read(name)
    const lean = leanSchemas(code)
    documented += code.split('z.meta(').length - 1
    expect(lean).not.toContain('z.meta(')
    expect(lean).not.toContain('globalRegistry')
    expect(lean.split(/^export /m).length).toBe(code.split(/^export /m).length)
    expect(parseSync(name, lean).errors, name).toEqual([])
  }
  expect(documented).toBeGreaterThan(20)
})

test('each endpoint is a module of its own, without the schemas of its request', async () => {
  const code = await read('endpoints.ts')
  expect(leanEndpoints(code)).toContain('export * as endpoints')
  const rows = leanEndpoints(code, 'rows').matchAll(/row as (\w+) } from '(.+)'/g)
  const names = [...rows].map(([, name, from]) => {
    expect(from).toBe(`./endpoints.ts?${name}`)
    return name
  })
  expect(names).toEqual(Object.keys(endpoints))
  for (const [name, { path, method }] of Object.entries(endpoints)) {
    const row = leanEndpoints(code, name)
    expect(parseSync(`${name}.ts`, row).errors, name).toEqual([])
    const [, own = ''] = row.split('export const row =')
    // Rows of one kind share the start of their paths, and their methods, before the table.
    expect(row).toContain(path.slice(path.lastIndexOf('/')))
    expect(row).toContain(`'${method}'`)
    expect(own).not.toMatch(/\w+(Body|Query)\b/)
  }
  expect(() => leanEndpoints(code, 'nothing')).toThrow('no nothing')
})

test('an endpoint brings only the schemas of its answer along', async () => {
  const code = await read('endpoints.ts')
  const search = leanEndpoints(code, 'search')
  expect(search).toContain("import { searchReply } from './search.ts'")
  expect(search).not.toContain('./manage.ts')
})

test('a module of the app takes each endpoint by itself, and types from the table', () => {
  const code = `import { type Endpoint, endpoints } from '#contract/endpoints.ts'
call(endpoints.me, endpoints.files)
`
  expect(takeRowsAlone(code, '/home/x/src/app/api/http/a.ts')).toBe(
    `import { type Endpoint } from '#contract/endpoints.ts'
import { row as row_me } from '/home/x/src/contract/endpoints.ts?me'
import { row as row_files } from '/home/x/src/contract/endpoints.ts?files'
call(row_me, row_files)
`,
  )
  const other = 'const endpoints = [1]\n'
  expect(takeRowsAlone(other, '/home/x/src/app/a.ts')).toBe(other)
})
