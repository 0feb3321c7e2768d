import { filesReply } from '#contract/files.ts'
import {
  createFolderReply,
  type ItemsReply,
  itemsReply,
  type TrashPage,
  trashReply,
} from '#contract/manage.ts'
import { type UploadReply, uploadReply } from '#contract/uploads.ts'
import type { TestRequest, TestServer } from './start-test-server.ts'

/** Asks a test server for what keys with the scope `manage` may do; `init` is for every request. */
export function manageClient(server: TestServer, init: TestRequest = {}) {
  const post = (path: string, body: unknown) => server.post(`/api/v1/${path}`, body, init)
  const items = async (path: string, body: unknown): Promise<ItemsReply> =>
    itemsReply.parse(await (await post(path, body)).json())
  return {
    post,
    /** Answers with its path, or the code of its refusal. */
    async rename(item: string, name: string): Promise<string> {
      const answer = (await (await post('files/rename', { item, name })).json()) as {
        path?: string
        code?: string
      }
      return answer.path ?? answer.code ?? ''
    },
    move: (chosen: string[] | object, to: string, on_conflict?: string) =>
      items('files/move', { ...namedIn(chosen), to, ...(on_conflict && { on_conflict }) }),
    copy: (chosen: string[] | object, to: string, on_conflict?: string) =>
      items('files/copy', { ...namedIn(chosen), to, ...(on_conflict && { on_conflict }) }),
    delete: (chosen: string[] | object) => items('files/delete', namedIn(chosen)),
    async createFolder(path: string) {
      return createFolderReply.parse(await (await post('folders/create', { path })).json())
    },
    async trash(offset = 0): Promise<TrashPage> {
      const reply = await server.get(`/api/v1/trash?offset=${offset}`, init)
      return trashReply.parse(await reply.json())
    },
    restore: (ids: string[]) => items('trash/restore', { ids }),
    deleteForEver: (ids: string[]) => items('trash/delete', { ids }),
    /** Uploads bytes to a whole path. */
    async upload(path: string, bytes = `bytes of ${path}`): Promise<UploadReply> {
      const nameAt = path.lastIndexOf('/') + 1
      const file = { name: path.slice(nameAt), folder: path.slice(0, nameAt), bytes }
      return uploadReply.parse(await (await server.upload(file, init)).json())
    },
    /** Folders with a slash, then files; null where there is no such folder. */
    async list(path: string): Promise<string[] | null> {
      const query = new URLSearchParams({ path, limit: '1000' })
      const reply = await server.get(`/api/v1/files?${query}`, init)
      if (reply.status === 404) return null
      const { folders, files } = filesReply.parse(await reply.json())
      return [...folders.map((name) => `${name}/`), ...files.map(({ name }) => name)]
    },
    /** What a link answers with: its text, or its status. */
    async open(link: string): Promise<string | number> {
      const reply = await fetch(link.replace(/^.*(?=\/share)/, server.origin))
      return reply.ok ? await reply.text() : reply.status
    },
  }
}

function namedIn(chosen: string[] | object): object {
  return Array.isArray(chosen) ? { items: chosen } : chosen
}
