import { safeName } from '#contract/archive-names.ts'

/** A file for others: what it is called, and where it is. */
export type NamedLink = { name: string; link: string }

export type LinkForm = {
  label: string
  /** What the whole is called as a file. */
  fileName: string
  /** All of them as one text. */
  write: (files: readonly NamedLink[]) => string
}

const lines =
  (write: (file: NamedLink) => string, head: readonly string[] = []) =>
  (files: readonly NamedLink[]) =>
    [...head, ...files.map(write)].join('\n')

/** The forms that links are given in, for people, pages and programs. */
export const linkForms = {
  plain: { label: 'Plain', fileName: 'links.txt', write: lines(({ link }) => link) },
  markdown: {
    label: 'Markdown',
    fileName: 'links.md',
    write: lines(({ name, link }) => `[${markdownText(name)}](${markdownUrl(link)})`),
  },
  html: {
    label: 'HTML',
    fileName: 'links.html',
    write: lines(({ name, link }) => `<a href="${htmlText(link)}">${htmlText(oneLine(name))}</a>`),
  },
  curl: {
    label: 'curl',
    fileName: 'links.sh',
    write: lines(({ name, link }) => `curl -fL -o ${shellWord(onDisk(name))} ${shellWord(link)}`),
  },
  wget: {
    label: 'wget',
    fileName: 'links.sh',
    write: lines(({ name, link }) => `wget -O ${shellWord(onDisk(name))} ${shellWord(link)}`),
  },
  aria2: {
    label: 'aria2',
    fileName: 'links.aria2.txt',
    // Spaces at its end are not part of a name there.
    write: lines(({ name, link }) => `${link}\n  out=${safeName(name).trim() || '_'}`),
  },
  m3u: {
    label: 'M3U',
    fileName: 'links.m3u8',
    write: lines(({ name, link }) => `#EXTINF:-1,${oneLine(name)}\n${link}`, ['#EXTM3U']),
  },
} as const satisfies Record<string, LinkForm>

export type LinkFormId = keyof typeof linkForms

/** What breaks a line, in a text or a terminal, or hides there. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}

/** A name that stays in the folder one is in, and that no program takes for an option. */
function onDisk(name: string): string {
  const safe = safeName(name)
  return safe.startsWith('-') ? `./${safe}` : safe
}

/** One word of a POSIX shell, whatever is in it. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function markdownText(name: string): string {
  return oneLine(name).replace(/[\\`*_{}[\]<>()#+.!|~&-]/g, '\\$&')
}

function markdownUrl(link: string): string {
  return link.replace(/[()<>\\]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function htmlText(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => entities[mark] ?? mark)
}
