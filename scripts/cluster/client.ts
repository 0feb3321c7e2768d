import { endpoints } from '#contract/endpoints.ts'
import type { ImportTask } from '#contract/imports.ts'
import type { Cluster } from './start-cluster.ts'

/** Speaks the v1 API with a key, to whichever server is named. */
export type Client = {
  readonly key: string
  request(origin: string, path: string, init?: RequestInit): Promise<Response>
  /** `name` may begin with folders. */
  upload(origin: string, name: string, body: BodyInit, idempotencyKey?: string): Promise<Response>
  /** Names of the files in a folder, and of its folders. */
  list(origin: string, path: string): Promise<{ folders: string[]; files: ListedFile[] }>
  startImport(origin: string, url: string, path: string): Promise<string>
  importTask(origin: string, id: string): Promise<ImportTask>
}

type ListedFile = { name: string; size: number; link: string }

export function createClient(key: string): Client {
  const request: Client['request'] = (origin, path, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${key}`)
    return fetch(origin + path, { ...init, headers })
  }
  const post = (origin: string, path: string, body: unknown) =>
    request(origin, path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
  return {
    ...{ key, request },
    upload(origin, name, body, idempotencyKey) {
      const at = name.lastIndexOf('/') + 1
      const query = new URLSearchParams({
        filename: name.slice(at),
        path: `/${name.slice(0, at)}`,
      })
      return request(origin, `/api/v1/upload?${query}`, {
        method: 'POST',
        body,
        ...(idempotencyKey && { headers: { 'idempotency-key': idempotencyKey } }),
      })
    },
    async list(origin, path) {
      const query = new URLSearchParams({ path, limit: '1000' })
      const reply = await request(origin, `/api/v1/files?${query}`)
      const { folders, files } = endpoints.files.reply.parse(await reply.json())
      return { folders, files }
    },
    async startImport(origin, url, path) {
      const reply = await post(origin, '/api/v1/import', { url, type: 'file', path })
      return endpoints.startImport.reply.parse(await reply.json()).task_id
    },
    async importTask(origin, id) {
      const reply = await request(origin, `/api/v1/import/status?task_id=${id}`)
      return endpoints.importStatus.reply.parse(await reply.json()).task
    },
  }
}

/** A new account with a key that may do everything, made on the command line, as its owner would. */
export async function createAccount(
  { cli }: Pick<Cluster, 'cli'>,
  username: string,
): Promise<{ client: Client; password: string }> {
  const password = (await cli('users', 'create', username)).trim()
  const scopes = 'read,upload,import,manage'
  const made = await cli('keys', 'create', '--user', username, '--name', 'a', '--scopes', scopes)
  return { client: createClient(made.trim()), password }
}
