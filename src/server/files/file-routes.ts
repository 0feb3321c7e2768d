import type { FastifyInstance } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import type { Route } from '#server/http/route/route.ts'
import type { FileListing } from './file-listing.ts'
import type { FolderTree } from './folder-tree.ts'

type Deps = { route: Route<{ userId: string }>; listing: FileListing; tree: FolderTree }

export function addFileRoutes(app: FastifyInstance, { route, listing, tree }: Deps): void {
  route(app, endpoints.files, ({ query, key }) =>
    listing.page({ userId: key.userId, folder: query.path }, query),
  )
  route(app, endpoints.folders, ({ key }) => tree.reply(key.userId))
}
