import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type * as z from 'zod/mini'
import { endpoints } from '#contract/endpoints.ts'
import { type InspectReply, type inspectBody, inspectPageSize } from '#contract/import-inspect.ts'
import type { Route } from '#server/http/route/route.ts'
import type { AddressGuard } from '#server/imports/guard/address-guard.ts'
import { readLink } from '#server/imports/source/read-link.ts'
import { importErrorOf } from '#server/imports/tasks/import-failure.ts'
import type { Look } from './inspect-source.ts'
import type { Looks } from './looks.ts'
import type { LookEntry } from './read-look.ts'

type InspectRouteOptions = {
  route: Route<{ id: string; userId: string }>
  guard: AddressGuard
  looks: Looks
}

/** A look at a link before it is imported: an addition. */
export function addInspectRoutes(
  app: FastifyInstance,
  { route, guard, looks }: InspectRouteOptions,
): void {
  route(app, endpoints.inspectImport, async ({ body, key, signal, raw }) => {
    const url = readLink(guard, body.url)
    using caller = watchCaller(raw.raw.socket, signal)
    const look = await looks.at(url, { userId: key.userId, signal: caller.gone })
    return { status: 'ok' as const, ...replyOf(look, body, guard) }
  })
}

/**
 * Who goes away only ends his side, and the server lets such a connection be: a client may still want its
 * answer. A look is a program that runs for that one answer, so here the end of the caller's side counts.
 */
function watchCaller(socket: Socket, signal: AbortSignal): Disposable & { gone: AbortSignal } {
  const ended = new AbortController()
  const end = () => ended.abort(new DOMException('The client went away.', 'AbortError'))
  if (socket.readableEnded) end()
  socket.once('end', end)
  return {
    gone: AbortSignal.any([signal, ended.signal]),
    [Symbol.dispose]: () => void socket.off('end', end),
  }
}

type Asked = z.output<typeof inspectBody>
type Reply = Omit<InspectReply, 'status'>

function replyOf(look: Look, asked: Asked, guard: AddressGuard): Reply {
  switch (look.kind) {
    case 'none':
      return { kind: 'none', error: look.error.message, error_code: look.error.code }
    case 'file':
      return { kind: 'file', title: look.title, ...(look.size === null ? {} : { size: look.size }) }
    case 'video': {
      const { title, duration, isLive, qualities, hasAudio, chapters, ...video } = look.video
      return {
        ...{ kind: 'video', title, qualities, has_audio: hasAudio, chapters },
        ...(duration === null ? {} : { duration }),
        ...(isLive ? { is_live: true } : {}),
        ...{ subtitle_languages: video.subtitleLanguages, audio_languages: video.audioLanguages },
        ...look.picture,
      }
    }
    default:
      return { kind: 'list', title: look.title, ...pageOf(look, asked, guard) }
  }
}

function pageOf(
  { entries, isComplete }: Look & { kind: 'list' },
  { offset, search, order }: Asked,
  guard: AddressGuard,
): Omit<Reply, 'kind' | 'title'> {
  const words = fold(search).split(/\s+/).filter(Boolean)
  const matching =
    words.length === 0
      ? entries
      : entries.filter(({ title }) => words.every((word) => fold(title).includes(word)))
  const ordered = order === 'newest' ? matching.toSorted(byDate) : matching
  const page = ordered.slice(offset, offset + inspectPageSize)
  const next = Math.min(offset, ordered.length) + page.length
  return {
    entries: page.map((entry) => entryReply(entry, guard)),
    ...{ total: ordered.length, is_complete: isComplete },
    has_dates: entries.some(({ publishedAt }) => publishedAt !== null),
    ...{ limit: inspectPageSize, next_offset: next, has_more: next < ordered.length },
  }
}

function entryReply({ link, isPrivate, publishedAt: _, ...entry }: LookEntry, guard: AddressGuard) {
  const problem = isPrivate
    ? 'Private, or only for some: it needs an account on its site.'
    : refusalOf(link, guard)
  return { ...entry, link: link.href, ...(problem === null ? {} : { problem }) }
}

/** Why imports would refuse a link at once. */
function refusalOf(link: URL, guard: AddressGuard): string | null {
  try {
    guard.checkUrl(link)
    return null
  } catch (error) {
    return importErrorOf(error).message
  }
}

/** What has no date comes last, in the order of its source. */
function byDate(a: LookEntry, b: LookEntry): number {
  return (b.publishedAt ?? -1) - (a.publishedAt ?? -1)
}

/** Without case and accents. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
