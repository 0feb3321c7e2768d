import { expect, test } from 'vitest'
import { type LinkFormId, linkForms } from './link-forms.ts'

const link = 'https://a.example/share/x/a.txt'

const cases: [LinkFormId, string, string][] = [
  ['plain', 'a.txt', link],
  ['markdown', 'a.txt', `[a\\.txt](${link})`],
  ['markdown', '](javascript:alert(1))', `[\\]\\(javascript:alert\\(1\\)\\)](${link})`],
  ['markdown', '![x](y) `z` <b>', `[\\!\\[x\\]\\(y\\) \\\`z\\\` \\<b\\>](${link})`],
  ['markdown', 'two\n# lines', `[two \\# lines](${link})`],
  ['html', 'a & b', `<a href="${link}">a &amp; b</a>`],
  ['html', '"><script>', `<a href="${link}">&quot;&gt;&lt;script&gt;</a>`],
  ['html', "it's\r\nhere", `<a href="${link}">it&#39;s here</a>`],
  ['curl', 'a.txt', `curl -fL -o 'a.txt' '${link}'`],
  ['curl', "it's", `curl -fL -o 'it'\\''s' '${link}'`],
  ['curl', '$(id) `id` "x" !y', `curl -fL -o '$(id) \`id\` _x_ !y' '${link}'`],
  ['curl', '../../etc/passwd', `curl -fL -o '.._.._etc_passwd' '${link}'`],
  ['curl', '-rf', `curl -fL -o './-rf' '${link}'`],
  ['curl', 'a\nrm -rf ~', `curl -fL -o 'a_rm -rf ~' '${link}'`],
  ['wget', '--config=x', `wget -O './--config=x' '${link}'`],
  ['wget', "'; id; '", `wget -O ''\\''; id; '\\''' '${link}'`],
  ['aria2', 'a.txt', `${link}\n  out=a.txt`],
  ['aria2', 'a\n  dir=/etc\n', `${link}\n  out=a_  dir=_etc_`],
  ['aria2', ' ', `${link}\n  out=_`],
  ['m3u', 'A, B.mp4', `#EXTM3U\n#EXTINF:-1,A, B.mp4\n${link}`],
  ['m3u', 'a\nhttp://evil', `#EXTM3U\n#EXTINF:-1,a http://evil\n${link}`],
]

test.each(cases)('%s of %j is safe where it is pasted', (form, name, text) => {
  expect(linkForms[form].write([{ name, link }])).toBe(text)
})

test.each([
  ['markdown', 'https://a.example/a_(1)', '[a](https://a.example/a_%281%29)'],
  ['html', 'https://a.example/?a=1&b="', '<a href="https://a.example/?a=1&amp;b=&quot;">a</a>'],
  ['curl', "https://a.example/it's", `curl -fL -o 'a' 'https://a.example/it'\\''s'`],
] as const)('%s of the link %s is safe too', (form, hostile, text) => {
  expect(linkForms[form].write([{ name: 'a', link: hostile }])).toBe(text)
})

test('several are lines of one text', () => {
  const files = ['a', 'b'].map((name) => ({ name, link }))
  expect(linkForms.plain.write(files)).toBe(`${link}\n${link}`)
  expect(linkForms.m3u.write(files).split('\n')).toHaveLength(5)
})
