export type TextKind = 'plain' | 'markdown' | 'table' | 'json' | 'code'

export type KindOfText = {
  kind: TextKind
  /** As highlight.js calls it; null for text without any. */
  language: string | null
}

const otherKinds: Record<Exclude<TextKind, 'code'>, string> = {
  plain:
    'txt text log out err nfo me 1st asc lst rst adoc org tex bib srt vtt ass ssa sub m3u m3u8 cue',
  markdown: 'md markdown mdown mkd mdx',
  table: 'csv tsv tab psv',
  json: 'json geojson topojson webmanifest map har ipynb avsc jsonl ndjson',
}

/** Of each language the endings, and whole names with a capital or a dot. */
const languages: Record<string, string> = {
  bash: 'sh bash zsh ksh .bashrc .zshrc .profile .bash_profile .envrc',
  c: 'c h',
  cpp: 'cc cpp cxx hh hpp hxx ino',
  csharp: 'cs',
  css: 'css',
  diff: 'diff patch',
  dockerfile: 'dockerfile Dockerfile Containerfile',
  go: 'go',
  graphql: 'graphql gql',
  ini: 'ini toml cfg conf properties env editorconfig service .gitconfig .npmrc .editorconfig .env',
  java: 'java groovy gradle',
  javascript: 'js mjs cjs jsx',
  json: 'json5 jsonc',
  kotlin: 'kt kts',
  less: 'less',
  lua: 'lua',
  makefile: 'mk mak Makefile makefile GNUmakefile',
  perl: 'pl pm',
  php: 'php phtml',
  plaintext:
    'gitignore .gitignore .gitattributes .dockerignore LICENSE COPYING README CHANGELOG AUTHORS NOTICE',
  powershell: 'ps1 psm1 psd1',
  python: 'py pyw pyi',
  r: 'r',
  ruby: 'rb rake gemspec Gemfile Rakefile',
  rust: 'rs',
  scss: 'scss sass',
  sql: 'sql',
  swift: 'swift',
  typescript: 'ts mts cts tsx',
  xml: 'xml html htm xhtml svg xsl xslt xsd rss atom plist vue svelte opml gpx kml tcx',
  yaml: 'yml yaml',
}

const kindOf = new Map<string, KindOfText>()
for (const [kind, endings] of Object.entries(otherKinds)) {
  const language = kind === 'json' || kind === 'markdown' ? kind : null
  for (const ending of endings.split(' ')) kindOf.set(ending, { kind: kind as TextKind, language })
}
for (const [name, endings] of Object.entries(languages)) {
  const isPlain = name === 'plaintext'
  const found: KindOfText = { kind: isPlain ? 'plain' : 'code', language: isPlain ? null : name }
  for (const ending of endings.split(' ')) kindOf.set(ending, found)
}

/** What a text is by its name; null where the name says nothing of a text. */
export function textKind(name: string): KindOfText | null {
  const whole = kindOf.get(name)
  const isName = /^[.A-Z]/.test(name) || name === 'makefile'
  if (whole && isName) return whole
  const dot = name.lastIndexOf('.')
  // Logs that were put away: `app.log.1`.
  const ending = name.slice(dot + 1).toLowerCase()
  if (/^\d{1,3}$/.test(ending) && /\.log\.\d+$/i.test(name))
    return { kind: 'plain', language: null }
  return (dot > 0 && kindOf.get(ending)) || null
}

const interpreters: [RegExp, string][] = [
  [/\b(?:ba|z|k|da)?sh\b/, 'bash'],
  [/\bpython/, 'python'],
  [/\b(?:node|deno|bun)\b/, 'javascript'],
  [/\bperl\b/, 'perl'],
  [/\bruby\b/, 'ruby'],
  [/\bphp\b/, 'php'],
]

/** What a text is by its first line, where its name says nothing. */
export function textKindByStart(text: string): KindOfText {
  const first = text.slice(0, 200).split('\n', 1)[0] ?? ''
  if (first.startsWith('#!')) {
    const language = interpreters.find(([pattern]) => pattern.test(first))?.[1]
    if (language) return { kind: 'code', language }
  }
  if (/^<(?:\?xml|!doctype|html)\b/i.test(first)) return { kind: 'code', language: 'xml' }
  return { kind: 'plain', language: null }
}
