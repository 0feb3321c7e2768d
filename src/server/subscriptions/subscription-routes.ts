import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type * as z from 'zod/mini'
import { endpoints } from '#contract/endpoints.ts'
import {
  type changeSubscriptionBody,
  type createSubscriptionBody,
  type Subscription,
  subscriptionsMax,
} from '#contract/subscriptions.ts'
import { type Clock, isoTime } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Locks } from '#server/core/locks.ts'
import type { Route } from '#server/http/route/route.ts'
import type { AddressGuard } from '#server/imports/guard/address-guard.ts'
import { readLink } from '#server/imports/source/read-link.ts'
import type { SubscriptionRepository, SubscriptionRow } from './subscription-repository.ts'
import type { Subscriptions } from './subscriptions.ts'

export type SubscriptionKey = { id: string; userId: string; scopes: string[] }
type Key = SubscriptionKey
export type SubscriptionRouteOptions = {
  route: Route<Key>
  guard: AddressGuard
  clock: Clock
  locks: Locks
  subscriptions: SubscriptionRepository
  running: Subscriptions
  /** Whether what is deleted can be had back. */
  keepsTrash: boolean
  /** Puts into the trash what a list has too many of. */
  keepNewest(id: string, userId: string): Promise<void>
}

/** Additions for keys with the scope `import`. */
export function addSubscriptionRoutes(app: FastifyInstance, deps: SubscriptionRouteOptions): void {
  const { route, subscriptions, running } = deps

  async function listOf(userId: string): Promise<Subscription[]> {
    const rows = await subscriptions.list(userId)
    const looking = await running.looking(rows.map(({ id }) => id))
    return rows.map((row) => ({
      ...toSubscription(row, looking.has(row.id)),
      ...(row.keep !== null && !deps.keepsTrash ? { keep_problem: trashIsOff } : {}),
    }))
  }

  async function reply(id: string, { userId }: Key) {
    const subscription = (await listOf(userId)).find((one) => one.id === id)
    if (!subscription) throw unknown
    return { status: 'ok' as const, subscription }
  }

  route(app, endpoints.subscriptions, async ({ key }) => ({
    status: 'ok' as const,
    subscriptions: await listOf(key.userId),
  }))
  route(app, endpoints.createSubscription, async ({ body, key }) =>
    reply(await create(deps, body, key), key),
  )
  route(app, endpoints.changeSubscription, async ({ body, key }) => {
    await changeOne(deps, body, key)
    return await reply(body.id, key)
  })
  route(app, endpoints.lookSubscription, async ({ body, key }) => {
    const row = await findOwn(deps, body.id, key)
    if (row.state !== 'on') {
      throw new ApiFailure('conflict', 'That subscription is not on. Turn it on, then look.')
    }
    await running.lookNow(row)
    return await reply(row.id, key)
  })
  route(app, endpoints.deleteSubscription, async ({ body, key }) => {
    const { id } = await findOwn(deps, body.id, key)
    const was = await reply(id, key)
    await running.end(id)
    await subscriptions.remove(id)
    await running.reschedule()
    return was
  })
}

const trashIsOff =
  'All of them stay: the trash of this server is off (BARKEEP_TRASH_DAYS is 0), and nothing is deleted for ever by itself.'

const unknown = new ApiFailure('not_found', 'There is no subscription with that id.')

/** @throws ApiFailure `not_found`, for another account's, too: ids must not reveal that it exists */
async function findOwn(
  { subscriptions }: SubscriptionRouteOptions,
  id: string,
  { userId }: Key,
): Promise<SubscriptionRow> {
  const row = await subscriptions.find(id)
  if (row?.user_id !== userId) throw unknown
  return row
}

/** @throws ApiFailure: what is not kept is deleted, which takes another scope, and a trash */
function checkKeep(
  { keepsTrash }: SubscriptionRouteOptions,
  keep: number | null | undefined,
  { scopes }: Key,
): void {
  if (!keep) return
  if (!scopes.includes('manage')) {
    throw new ApiFailure(
      'insufficient_scope',
      'To keep only the newest deletes the others, so that takes a key with the scope manage.',
    )
  }
  if (!keepsTrash) throw new ApiFailure('conflict', `keep cannot be set. ${trashIsOff}`)
}

async function create(
  deps: SubscriptionRouteOptions,
  body: z.output<typeof createSubscriptionBody>,
  key: Key,
): Promise<string> {
  const { guard, clock, locks, subscriptions, running } = deps
  checkKeep(deps, body.keep, key)
  const url = readLink(guard, body.url)
  const now = clock.now()
  const id = `sub_${randomBytes(15).toString('base64url')}`
  const row: SubscriptionRow = {
    ...{ id, user_id: key.userId, key_id: key.id, url: url.href, title: body.title },
    ...{ folder: body.folder, quality: body.quality, every_hours: body.every_hours },
    ...{ subtitles: Number(body.subtitles), thumbnail: Number(body.thumbnail) },
    ...{ only_new: Number(body.only_new), keep: body.keep, state: 'on', is_begun: 0 },
    ...{ created_at: now },
    ...{ looked_at: null, next_at: now, failures: 0, error: null, error_code: null },
  }
  await locks.run([`subscriptions of ${key.userId}`], async () => {
    const { length } = await subscriptions.list(key.userId)
    if (length >= subscriptionsMax) {
      throw new ApiFailure('conflict', `An account has at most ${subscriptionsMax} subscriptions.`)
    }
    if (!(await subscriptions.add(row))) {
      throw new ApiFailure('conflict', 'There is a subscription to that link already.')
    }
  })
  await running.lookNow(row)
  return id
}

async function changeOne(
  deps: SubscriptionRouteOptions,
  { id, subtitles, thumbnail, state, ...others }: z.output<typeof changeSubscriptionBody>,
  key: Key,
): Promise<void> {
  const row = await findOwn(deps, id, key)
  // An app sends all its fields, changed or not.
  if (others.keep !== row.keep) checkKeep(deps, others.keep, key)
  const isOnAgain = state === 'on' && row.state !== 'on'
  if (state === 'paused') await deps.running.end(id)
  await deps.subscriptions.change(id, {
    ...defined({ ...others, state }),
    ...(subtitles === undefined ? {} : { subtitles: Number(subtitles) }),
    ...(thumbnail === undefined ? {} : { thumbnail: Number(thumbnail) }),
    // It goes on with the key of whoever wants it to.
    ...(isOnAgain ? { key_id: key.id, next_at: deps.clock.now(), failures: 0 } : {}),
  })
  if (others.keep) await deps.keepNewest(id, key.userId)
  await deps.running.reschedule()
}

function defined<Fields extends object>(fields: Fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>
  }
}

function toSubscription(
  row: SubscriptionRow & { imported: number },
  isLooking: boolean,
): Subscription {
  const { id, url, title, folder, quality, every_hours, keep, state, imported } = row
  return {
    ...{ id, url, title: title || url, folder, quality, every_hours, keep, state, imported },
    ...{ subtitles: row.subtitles === 1, thumbnail: row.thumbnail === 1, is_looking: isLooking },
    created_at: isoTime(row.created_at),
    last_look: row.looked_at === null ? null : isoTime(row.looked_at),
    next_look: state === 'on' ? isoTime(row.next_at) : null,
    ...(row.error === null
      ? {}
      : { error: row.error, error_code: row.error_code ?? 'server_error' }),
  }
}
