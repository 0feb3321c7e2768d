import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { withoutMeta } from './lean-contract.ts'

test('the contract says nothing about its fields in the app, and is whole all the same', async () => {
  let documented = 0
  const root = join(import.meta.dirname, '../src/contract')
  for await (const name of glob('*.ts', { cwd: root, exclude: ['*.test.ts'] })) {
    const code = await readFile(join(root, name), 'utf8')
    const lean = withoutMeta(code)
    documented += code.split('z.meta(').length - 1
    expect(lean).not.toMatch(/z\.meta\(\{\s*[^\s}]/)
    expect(lean.split('z.meta(').length).toBe(code.split('z.meta(').length)
    expect(lean.split('\n').length).toBe(code.split('\n').length)
    expect(parseSync(name, lean).errors, name).toEqual([])
  }
  expect(documented).toBeGreaterThan(20)
})
