import { expect, test } from 'vitest'
import { foldName, nameKey } from './name-order.ts'

const sorted = (names: string[]) =>
  names.toSorted((one, other) => (nameKey(one) < nameKey(other) ? -1 : 1))

test.each([
  ['numbers by their value', ['photo 1', 'photo 2', 'photo 10', 'photo 100']],
  ['numbers inside of names', ['v1.2.9-b', 'v1.2.10-a', 'v1.10.0', 'v2.0']],
  ['numbers with zeros before them', ['a 1 a', 'a 001 b', 'a 01 c', 'a 2']],
  ['numbers of any length', ['0', '7', `${'9'.repeat(299)}`, `1${'0'.repeat(299)}`]],
  [
    'digits of any script',
    ['α ١', 'α २', 'α ３', 'α ๔', 'α \u{1e955}', 'α 6', 'α \u{116e2}', 'α 9'],
  ],
  ['letters without case', ['Apple', 'banana', 'Cherry']],
  ['letters without accents', ['eclair', 'Éclair', 'éclair', 'edit', 'Zoo']],
  ['a letter that is two', ['Strasbourg', 'Strase', 'STRASSE', 'Straße', 'Strast']],
  ['dots of Turkish', ['ic', 'İç', 'ıd', 'ie']],
  ['accents written either way', ['e\u0301a', 'éb', 'e\u0301c']],
  ['ligatures and wide letters', ['ﬁa', 'ｆｉb', 'fic']],
  ['kana of both kinds of width', ['カ', 'ｶﾞ', 'カ゚カ', 'ギ']],
  ['Hangul, composed and decomposed', ['가', '각'.normalize('NFD'), '간', '나']],
  ['signs before digits before letters', ['!a', '-a', '1a', 'a', 'あ', '字']],
  ['the shorter of two that begin alike', ['a', 'a.txt', 'a b', 'ab'].toSorted()],
  ['what differs in nothing else exactly', ['A 1', 'A 01', 'a 1', 'à 1'].toSorted()],
])('names are in order: %s', (_what, names) => {
  expect(sorted(names.toReversed())).toEqual(names)
})

test('a file with a number stands behind the one without, and a folder behind its namesake', () => {
  expect(sorted(['Trip 2', 'Trip (2)', 'Trip', 'Trip10', 'Trip2'])).toEqual([
    ...['Trip', 'Trip (2)', 'Trip 2', 'Trip2', 'Trip10'],
  ])
})

/** The rule said slowly: part by part, with numbers of any size, and then by code points. */
function compareSlowly(one: string, other: string): number {
  return compareLists(partsOf(one), partsOf(other)) || compareLists([...one], [...other])
}

function compareLists(parts: readonly Part[], others: readonly Part[]): number {
  const index = parts.findIndex((part, at) => part !== others[at])
  const [part, against] = [parts[index], others[index]]
  if (part === undefined) return parts.length - others.length
  if (against === undefined) return 1
  if (typeof part === 'bigint' && typeof against === 'bigint') return part < against ? -1 : 1
  return codeOf(part) - codeOf(against)
}

type Part = string | bigint
/** A number among letters stands where digits do. */
const codeOf = (part: Part) => (typeof part === 'bigint' ? 0x30 : part.codePointAt(0)) ?? 0

const zeros = [0x30, 0x660, 0x6f0, 0x966, 0xe50, 0xff10, 0x1e950]

function partsOf(name: string): Part[] {
  const parts: Part[] = []
  for (const letter of name.normalize('NFKD').replace(/[\u0300-\u036f\u064b\u3099]/g, '')) {
    const code = codeOf(letter)
    const zero = zeros.find((first) => code >= first && code < first + 10)
    const last = parts.at(-1)
    if (zero === undefined) parts.push(...(letter === 'ß' ? 'ss' : letter.toLowerCase()))
    else if (typeof last === 'bigint') parts[parts.length - 1] = last * 10n + BigInt(code - zero)
    else parts.push(BigInt(code - zero))
  }
  return parts
}

/** Of what names are made, and what is awkward in UTF-16. */
const pieces = [
  ...[
    'a',
    'A',
    'é',
    'e\u0301',
    'E',
    'ß',
    'ss',
    'z',
    ' ',
    '-',
    '.',
    '_',
    '(',
    '~',
    'і',
    'ب',
    'بً',
    '字',
  ],
  ...[
    '0',
    '00',
    '1',
    '9',
    '10',
    '٣',
    '۴',
    '๒',
    '５',
    '\u{1e951}',
    '12345678901234567890',
    '가',
    'か',
    'が',
  ],
  ...[
    '\u{1f600}',
    '\u{20000}',
    '\ufb01',
    '\ufffd',
    '\ue000',
    '\uf8ff',
    '\ud7fb',
    '\u{10fffd}',
    '\uffee',
  ],
]

function randomName(random: () => number): string {
  const length = 1 + Math.floor(random() * 5)
  return Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]).join('')
}

/** The same each time, from its seed. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff
    return state / 0x80000000
  }
}

test('keys compare as the names do, by UTF-16 as by code points, which UTF-8 keeps in order', () => {
  const random = createRandom(20_261_129)
  for (let round = 0; round < 40_000; round += 1) {
    const pair = [randomName(random), randomName(random)] as const
    const [one, other] = [nameKey(pair[0]), nameKey(pair[1])]
    const signs = {
      keys: one < other ? -1 : Number(one > other),
      bytes: Math.sign(compareLists([...one], [...other])),
      names: Math.sign(compareSlowly(...pair)),
    }
    expect({ pair, ...signs }).toEqual({
      pair,
      keys: signs.names,
      bytes: signs.names,
      names: signs.names,
    })
  }
})

test('every character that can be in a name is folded for good', () => {
  const unstable: string[] = []
  for (let code = 0x20; code <= 0x10ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue
    const character = String.fromCodePoint(code)
    const folded = foldName(character)
    if (foldName(folded) !== folded || folded !== foldName(character.normalize('NFD'))) {
      unstable.push(code.toString(16))
    }
  }
  expect(unstable).toEqual([])
})

test.each([
  ['ÉTÉ', 'ete'],
  ['Straße', 'strasse'],
  ['ẞ', 'ss'],
  ['İstanbul ılık', 'istanbul ilik'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['Ｆｕｌｌ', 'full'],
  ['ﷺ', 'صلى الله عليه وسلم'],
  ['مُحَمَّد', 'محمد'],
  ['한국', '한국'.normalize('NFD')],
  ['Ǆ', 'dz'],
])('%s is found as %s', (text, folded) => {
  expect(foldName(text)).toBe(folded)
})
