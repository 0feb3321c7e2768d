import type { FastifyInstance } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import type { Route } from '#server/http/route/route.ts'
import type { FileListing } from './file-listing.ts'
import type { FolderTree } from './folder-tree.ts'
import type { Search } from './search.ts'

type Deps = {
  route: Route<{ userId: string }>
  listing: FileListing
  tree: FolderTree
  search: Search
}

export function addFileRoutes(app: FastifyInstance, { route, listing, tree, search }: Deps): void {
  route(app, endpoints.files, ({ query, key }) =>
    listing.page({ userId: key.userId, folder: query.path }, query),
  )
  route(app, endpoints.folders, ({ key }) => tree.reply(key.userId))
  route(app, endpoints.search, ({ query, key }) => search.page(key.userId, query))
}
