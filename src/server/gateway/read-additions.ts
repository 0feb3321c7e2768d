import { get as httpGet, type IncomingMessage } from 'node:http'
import { get as httpsGet } from 'node:https'
import { serverReply } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { Clock } from '#server/core/clock.ts'

/** The app waits for this: an upstream that is slow to say what it adds is used without. */
const patienceMs = 2_000
const maxBytes = 16 * 1024
const keptMs = { answer: 60_000, silence: 5_000 }

/**
 * Makes the reader of what an upstream can do beyond the reference: what a Barkeep says of itself at
 * `GET /api/server`, nothing of any other. Asked anew after a minute; never throws.
 */
export function createReadAdditions(upstream: string, clock: Clock): () => Promise<string[]> {
  let kept: { additions: Promise<string[]>; until: number } | null = null

  return () => {
    if (kept !== null && clock.monotonic() < kept.until) return kept.additions
    const asked = { additions: ask(), until: Number.POSITIVE_INFINITY }
    kept = asked
    return asked.additions

    async function ask(): Promise<string[]> {
      const additions = await readDescription(upstream).catch(() => null)
      const lasts = additions === null ? keptMs.silence : keptMs.answer
      asked.until = clock.monotonic() + lasts
      return additions ?? []
    }
  }
}

/** Null where the answer is no Barkeep's. @throws where there is none */
async function readDescription(upstream: string): Promise<string[] | null> {
  const answer = await openDescription(upstream)
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) {
    text += chunk
    if (text.length > maxBytes) return null
  }
  const parsed = serverReply.safeParse(JSON.parse(text))
  return answer.statusCode === 200 && parsed.success ? parsed.data.additions : null
}

function openDescription(upstream: string): Promise<IncomingMessage> {
  const get = upstream.startsWith('https:') ? httpsGet : httpGet
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(patienceMs)
    get(upstream + endpoints.server.path, { agent: false, signal }, resolve).on('error', reject)
  })
}
