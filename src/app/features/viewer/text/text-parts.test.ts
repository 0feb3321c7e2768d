import { describe, expect, test } from 'vitest'
import { formatJson } from './format-json.ts'
import { canHighlight, highlightLines } from './highlight.ts'
import { readTable } from './read-table.ts'
import { splitBlocks } from './split-blocks.ts'
import { textKind, textKindByStart } from './text-kind.ts'

test.each([
  ['notes.txt', 'plain', null],
  ['README.md', 'markdown', 'markdown'],
  ['README', 'plain', null],
  ['main.ts', 'code', 'typescript'],
  ['Makefile', 'code', 'makefile'],
  ['Dockerfile', 'code', 'dockerfile'],
  ['.gitignore', 'plain', null],
  ['.bashrc', 'code', 'bash'],
  ['people.CSV', 'table', null],
  ['data.json', 'json', 'json'],
  ['app.log.1', 'plain', null],
  ['page.html', 'code', 'xml'],
])('%s is known by its name', (name, kind, language) => {
  expect(textKind(name)).toEqual({ kind, language })
})

test.each(['blob', 'film.mp4', 'a.zip', 'thing.1', 'c', 'sh', '.', ''])(
  'the name %j says nothing of a text',
  (name) => expect(textKind(name)).toBeNull(),
)

test('what has no name for it is known by its first line', () => {
  expect(textKindByStart('#!/usr/bin/env python3\nprint()').language).toBe('python')
  expect(textKindByStart('#!/bin/sh\n').language).toBe('bash')
  expect(textKindByStart('<?xml version="1.0"?>').language).toBe('xml')
  expect(textKindByStart('Dear all,\n#!/bin/sh')).toEqual({ kind: 'plain', language: null })
})

describe('JSON', () => {
  test('is laid out without a change to what it says', () => {
    const text = '{"a":[1,{"b":[]},{}],"big":12345678901234567890,"a":"x\\"}","t":true}'
    expect(formatJson(text)).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": []\n    },\n    {}\n  ],\n' +
        '  "big": 12345678901234567890,\n  "a": "x\\"}",\n  "t": true\n}',
    )
    expect(formatJson(JSON.stringify(JSON.parse(text), null, 2))).toBe(
      JSON.stringify(JSON.parse(text), null, 2),
    )
  })

  test('is laid out as far as it has come', () => {
    expect(formatJson('[{"name": "cut he')).toBe('[\n  {\n    "name": "cut he')
    expect(formatJson('{"a":1}\n{"a":2}\n')).toBe('{\n  "a": 1\n}\n{\n  "a": 2\n}')
  })

  test('that is none, or nested past all reading, is left as it is', () => {
    expect(formatJson('Dear all, this is no JSON')).toBeNull()
    expect(formatJson('{"a": 1 /* one */}')).toBeNull()
    expect(formatJson(']')).toBeNull()
    expect(formatJson('['.repeat(100_000))).toBeNull()
    expect(formatJson(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toBeNull()
    expect(formatJson('{"a":'.repeat(100_000))).toBeNull()
  })

  test('with a string of a million letters does not exhaust the reader', () => {
    const text = `["${'a\\n'.repeat(1_000_000)}"]`
    expect(formatJson(text)?.length).toBe(text.length + 4)
  })
})

describe('tables', () => {
  const whole = { isWhole: true, steps: 1 }
  test.each([
    ['commas', 'a,b\n1,"x, y"\n', ','],
    ['semicolons', 'a;b\n1;"x, y"\n', ';'],
    ['tabs', 'a\tb\n1\tx, y\n', '\t'],
    ['a delimiter that Excel tells', 'sep=;\r\na;b\n1;x, y\n', ';'],
  ])('with %s', (_, text, delimiter) => {
    const table = readTable(text, whole)
    expect(table).toMatchObject({ header: ['a', 'b'], rows: [['1', 'x, y']], delimiter })
  })

  test('formulas stay text', () => {
    const formula = `=HYPERLINK("https://evil.example/","click")`
    const table = readTable(`a,b\n"${formula.replaceAll('"', '""')}",+1\n`, whole)
    expect(table?.rows).toEqual([[formula, '+1']])
  })

  test('the last row of a piece may be cut, and is not shown', () => {
    expect(readTable('a,b\n1,2\n3,"cut', { isWhole: false, steps: 1 })?.rows).toEqual([['1', '2']])
    expect(readTable('a,b\n1,2\n3,4', whole)?.rows).toHaveLength(2)
  })

  test('rows, columns and cells have bounds', () => {
    const long = readTable(`a,b\n${'1,2\n'.repeat(5000)}`, whole)
    expect(long?.rows).toHaveLength(1000)
    expect(long?.hasMoreRows).toBe(true)
    const wide = readTable(`${'x,'.repeat(100_000)}x\n${'y,'.repeat(100_000)}y\n`, whole)
    expect(wide?.header).toHaveLength(100)
    expect(wide?.hiddenColumns).toBe(99_901)
    const fat = readTable(`a\n${'z'.repeat(100_000)}`, whole)
    expect(fat?.rows[0]?.[0]).toHaveLength(501)
    const both = readTable(`${'x,'.repeat(99)}x\n`.repeat(900), whole)
    expect((both?.rows.length ?? 0) * 100).toBeLessThanOrEqual(20_000)
  })

  test('nothing is no table', () => {
    expect(readTable('', whole)).toBeNull()
    expect(readTable('\n\n', whole)).toBeNull()
  })
})

describe('lines', () => {
  const rows = (text: string) => splitBlocks(text).flatMap((block) => block.rows)
  const all = (text: string) =>
    splitBlocks(text)
      .map((block) => block.text)
      .join('')

  test('are counted, whatever ends them', () => {
    expect(rows('a\r\nb\rc\n\nd\n')).toEqual(
      ['a', 'b', 'c', '', 'd'].map((text, at) => ({ number: at + 1, text })),
    )
    expect(rows('')).toEqual([{ number: 1, text: '' }])
  })

  test('without an end are cut into parts, and no sign outside the first plane is parted', () => {
    const endless = `${'x'.repeat(7_999)}${'🦀'.repeat(20_000)}`
    const parts = rows(`${endless}\nend`)
    expect(Math.max(...parts.map(({ text }) => text.length))).toBeLessThanOrEqual(8_000)
    expect(parts.every(({ text }) => text.isWellFormed())).toBe(true)
    expect(parts.map(({ number }) => number)).toEqual([1, ...parts.slice(2).map(() => null), 2])
    expect(all(`${endless}\nend`).replaceAll('\n', '')).toBe(`${endless}end`)
  })

  test('come in blocks that are small in lines and in letters', () => {
    for (const text of ['\n'.repeat(262_144), 'x'.repeat(262_144), 'abc def\n'.repeat(32_768)]) {
      for (const block of splitBlocks(text)) {
        expect(block.rows.length).toBeLessThanOrEqual(100)
        expect(block.text.length).toBeLessThanOrEqual(24_200)
      }
    }
  })
})

describe('colours', () => {
  test('markup in a text stays text', async () => {
    const text = 'const a = "<img src=x onerror=alert(1)>" // </span>&amp;\nlet b'
    const lines = await highlightLines(text, 'typescript')
    expect(lines?.map((line) => line.map((token) => token.text).join('')).join('\n')).toBe(text)
    expect(lines?.[0]?.[0]).toEqual({ text: 'const', className: 'hljs-keyword' })
  })

  test('a comment over many lines is one on each of them', async () => {
    const lines = await highlightLines('/* a\nb */ c', 'css')
    expect(lines?.[1]?.[0]).toEqual({ text: 'b */', className: 'hljs-comment' })
  })

  test('none for what is large, for endless lines and for languages nobody knows', async () => {
    expect(canHighlight('a\n'.repeat(200_000))).toBe(false)
    expect(canHighlight('a'.repeat(3_000))).toBe(false)
    expect(canHighlight('a\nb\n')).toBe(true)
    expect(await highlightLines('a', 'brainfuck')).toBeNull()
  })
})
