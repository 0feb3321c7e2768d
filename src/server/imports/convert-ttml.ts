/**
 * Makes WebVTT of TTML (also called DFXP): its times and words, without its looks.
 * @returns null where it holds no line of text
 */
export function convertTtml(xml: string): string | null {
  const tickRate = Number(/\btickRate="(\d+)"/.exec(xml)?.[1] ?? 1)
  const frameRate = Number(/\bframeRate="(\d+)"/.exec(xml)?.[1] ?? 30)
  const read = (text: string | undefined) => readTime(text, { tickRate, frameRate })
  const cues: string[] = []
  for (const [, attributes = '', inside = ''] of xml.matchAll(
    /<(?:[\w-]+:)?p\b([^>]*)>([\s\S]*?)<\/(?:[\w-]+:)?p>/g,
  )) {
    const begin = read(attributeOf(attributes, 'begin'))
    const length = read(attributeOf(attributes, 'dur'))
    const end = read(attributeOf(attributes, 'end')) ?? (begin ?? 0) + (length ?? Number.NaN)
    const words = wordsOf(inside)
    if (begin === null || Number.isNaN(end) || words === '') continue
    cues.push(`${vttTime(begin)} --> ${vttTime(end)}\n${words}\n`)
  }
  return cues.length === 0 ? null : `WEBVTT\n\n${cues.join('\n')}`
}

function attributeOf(attributes: string, name: string): string | undefined {
  return new RegExp(`(?:^|\\s)${name}=["']([^"']*)["']`).exec(attributes)?.[1]
}

/** Seconds of `00:00:01.5`, `00:00:01:12` (frames), `1.5s`, `15000000t`; null for anything else. */
function readTime(
  text: string | undefined,
  { tickRate, frameRate }: { tickRate: number; frameRate: number },
): number | null {
  const clock = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)(?::(\d+))?$/.exec(text ?? '')
  if (clock) {
    const [, hours, minutes, seconds, frames = 0] = clock
    return (
      Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(frames) / frameRate
    )
  }
  const offset = /^(\d+(?:\.\d+)?)(h|ms|m|s|f|t)$/.exec(text ?? '')
  if (offset === null) return null
  const units = { h: 3600, m: 60, s: 1, ms: 0.001, f: 1 / frameRate, t: 1 / tickRate }
  return Number(offset[1]) * units[offset[2] as keyof typeof units]
}

function vttTime(seconds: number): string {
  const ms = Math.round(seconds * 1000)
  const part = (value: number, length = 2) => String(Math.floor(value)).padStart(length, '0')
  return `${part(ms / 3_600_000)}:${part((ms / 60_000) % 60)}:${part((ms / 1000) % 60)}.${part(ms % 1000, 3)}`
}

/** Text with its line breaks. `&lt;` and `&amp;` stay, for WebVTT writes them so, too. */
function wordsOf(inside: string): string {
  return inside
    .replace(/\s+/g, ' ')
    .replace(/<(?:[\w-]+:)?br\b[^>]*>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
}
