import type { FastifyInstance } from 'fastify'
import type { Config } from '#server/core/config.ts'
import type { Locks } from '#server/core/locks.ts'
import type { Route } from '#server/http/route/route.ts'
import type { Imports } from '#server/imports/create-imports.ts'
import { createRunUnit, type Database } from '#server/storage/database.ts'
import { treeOf } from '#server/storage/dialect.ts'
import { keepNewest, noteListed } from './keep-newest.ts'
import { createSubscriptionRepository } from './subscription-repository.ts'
import { addSubscriptionRoutes, type SubscriptionKey } from './subscription-routes.ts'
import { createSubscriptions, type SubscriptionsOptions } from './subscriptions.ts'

type Options = Pick<SubscriptionsOptions, 'access' | 'clock' | 'log' | 'hasPeers'> & {
  route: Route<SubscriptionKey>
  database: Database
  locks: Locks
  imports: Imports
  config: Pick<Config, 'trashDays'>
}

/**
 * Lists that are kept in step by imports of their own: routes, and looks when they are due. They end before the
 * imports do: a look that ends with the server is no failure of theirs.
 */
export function addSubscriptions(app: FastifyInstance, deps: Options): void {
  const { database, imports } = deps
  const subscriptions = createSubscriptionRepository(database)
  const { looks, guard, startImport } = imports
  const running = createSubscriptions({ ...deps, looks, startImport, subscriptions })
  const keeping = { ...deps, subscriptions, keepsTrash: deps.config.trashDays > 0 }
  const run = createRunUnit(database)
  addSubscriptionRoutes(app, {
    ...{ ...keeping, guard, running },
    keepNewest: (id, userId) => run((unit) => keepNewest(keeping, unit, id), treeOf(userId)),
  })
  imports.onListed((unit, listed) => noteListed(keeping, unit, listed))
  app.addHook('onListen', async () => {
    await imports.start()
    await running.start()
  })
  app.addHook('preClose', async () => {
    await running.stop()
    await imports.stop()
  })
}
