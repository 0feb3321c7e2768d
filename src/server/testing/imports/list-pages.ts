/** What a page of the test site says in each language that it has subtitles in. */
export const subtitleWords: Record<string, string> = {
  en: 'Good morning, harbour.',
  de: 'Guten Morgen, Hafen.',
  fr: 'Bonjour, le port.',
  es: 'Buenos días, puerto.',
  it: 'Buongiorno, porto.',
}

/** Sound in two languages, subtitles in five, picture in three heights. */
export const languagesPlaylist = `${[
  '#EXTM3U',
  ...['en', 'de'].map(
    (language) =>
      `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="${language}",LANGUAGE="${language}",DEFAULT=${language === 'en' ? 'YES' : 'NO'},URI="360/index.m3u8?sound=${language}"`,
  ),
  ...Object.keys(subtitleWords).map(
    (language) =>
      `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="${language}",LANGUAGE="${language}",URI="subtitles-${language}.m3u8"`,
  ),
  ...[360, 720, 1080].map(
    (height) =>
      `#EXT-X-STREAM-INF:BANDWIDTH=${height * 1000},RESOLUTION=${(height * 16) / 9}x${height},CODECS="avc1.64001f,mp4a.40.2",AUDIO="sound",SUBTITLES="subs"\n${height}/index.m3u8`,
  ),
].join('\n')}\n`

/**
 * `/list/<name>?count=60&from=1&title=…&to=…`: a playlist, as yt-dlp reads it from a feed. `from` is the number of
 * its first entry, the newest being first; `title` is the first entry's, and `to` its link.
 */
export function listFeed(
  { origin, pathname, searchParams }: URL,
  feeds: ReadonlyMap<string, () => number>,
): string {
  const number = (name: string, other: number) => Number(searchParams.get(name) ?? other)
  const name = pathname.split('/')[2] || 'harbour'
  const [count, from] = [number('count', feeds.get(name)?.() ?? 60), number('from', 1)]
  const items = Array.from({ length: count }, (_, index) => {
    const day = from + count - 1 - index
    const title = (index === 0 && searchParams.get('title')) || `Talk ${day} of ${name}`
    const link =
      (index === 0 && searchParams.get('to')) ||
      `${origin}/watch/${name}-${day}?title=${encodeURIComponent(title)}`
    const date = new Date(Date.UTC(2026, 0, day)).toUTCString()
    return `<item><title>${escapeXml(title)}</title><link>${escapeXml(link)}</link><pubDate>${date}</pubDate><itunes:duration>${60 + day}</itunes:duration></item>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Talks of ${escapeXml(name)}</title>${items.join('')}</channel></rss>`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
