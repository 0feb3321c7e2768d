import { setTimeout as wait } from 'node:timers/promises'
import { endpoints } from '#contract/endpoints.ts'
import type { ImportRequest, ImportTask } from '#contract/imports.ts'
import type { ServerProcess } from '#server/testing/test-server-process.ts'

/** Speaks to a server process as a client with `key` does. */
export async function importClientOf(server: ServerProcess, key: string) {
  const origin = await server.origin
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    return await (await fetch(`${origin}/api/v1/${path}`, { ...init, headers })).json()
  }
  const status = async (id: string) =>
    endpoints.importStatus.reply.parse(await ask(`import/status?task_id=${id}`)).task
  const tryToStart = async (request: ImportRequest): Promise<unknown> =>
    await ask('import', { method: 'POST', body: JSON.stringify(request) })
  return {
    /** The answer as it is, a refusal too. */
    tryToStart,
    async start(request: ImportRequest): Promise<string> {
      return endpoints.startImport.reply.parse(await tryToStart(request)).task_id
    },
    async waitFor(id: string, isEnough: (task: ImportTask) => boolean): Promise<ImportTask> {
      for (;;) {
        const task = await status(id)
        if (isEnough(task)) return task
        await wait(30)
      }
    },
    async cancel(id: string): Promise<void> {
      const body = JSON.stringify({ task_id: id })
      endpoints.cancelImport.reply.parse(await ask('import/cancel', { method: 'POST', body }))
    },
    async list(path: string) {
      const listed = await ask(`files?${new URLSearchParams({ path })}`)
      const { folders, files } = endpoints.files.reply.parse(listed)
      return { folders, names: files.map(({ name }) => name) }
    },
  }
}
