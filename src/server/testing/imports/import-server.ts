import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import { endpoints } from '#contract/endpoints.ts'
import type { ImportRequest, ImportTask } from '#contract/imports.ts'
import type { Config } from '#server/core/config.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { findTestTools } from './test-yt-dlp.ts'
import { startTestVideoSite, type TestVideoSite } from './video-site.ts'

type ServerDependencies = NonNullable<Parameters<typeof startTestServer>[0]>['dependencies']

export type TestImportServer = AsyncDisposable & {
  server: TestServer
  site: TestVideoSite
  /** Starts an import of a path of the site, or of a whole link; resolves with its task id. */
  start(link: string, request?: Partial<ImportRequest>): Promise<string>
  status(taskId: string): Promise<ImportTask>
  /** Asks until `isEnough`, as clients do. */
  waitFor(taskId: string, isEnough: (task: ImportTask) => boolean): Promise<ImportTask>
  /** Starts an import and resolves with its task once that has ended. */
  run(link: string, request?: Partial<ImportRequest>): Promise<ImportTask>
  list(path?: string): Promise<{ folders: string[]; names: string[] }>
  /** Whatever imports left behind beside listed files; must be empty. */
  leftovers(): Promise<string[]>
  /** Waits for it: an import has ended for its person a moment before its folders are cleared. */
  expectNoLeftovers(): Promise<void>
}

/** A server whose imports may reach one test video site, and nothing else on this machine. */
export async function startTestImportServer(
  options: { config?: Partial<Config>; dependencies?: ServerDependencies } = {},
): Promise<TestImportServer> {
  const site = await startTestVideoSite()
  const server = await startTestServer({
    dependencies: { lookForTools: findTestTools, ...options.dependencies },
    config: { importAllow: [site.host], rateLimit: 1_000_000, ytDlp: null, ...options.config },
  })
  const status = async (taskId: string) => {
    const query = new URLSearchParams({ task_id: taskId })
    const reply = await server.get(`/api/v1/import/status?${query}`)
    return endpoints.importStatus.reply.parse(await reply.json()).task
  }
  const start = async (link: string, request: Partial<ImportRequest> = {}) => {
    const url = link.startsWith('/') ? site.origin + link : link
    const reply = await server.post('/api/v1/import', { url, ...request })
    if (!reply.ok) throw new Error(`the import was refused: ${await reply.text()}`)
    return endpoints.startImport.reply.parse(await reply.json()).task_id
  }
  const waitFor = async (taskId: string, isEnough: (task: ImportTask) => boolean) => {
    // Seldom where it takes long: being asked takes the time that the programs need.
    for (let pause = 15; ; pause = Math.min(pause * 1.3, 250)) {
      const task = await status(taskId)
      if (isEnough(task)) return task
      await wait(pause)
    }
  }
  const leftovers = async () => {
    const folders = ['work', 'staging'].map((name) => join(server.dataFolder, name))
    return (await Promise.all(folders.map((folder) => readdir(folder)))).flat()
  }
  return {
    ...{ server, site, start, status, waitFor, leftovers },
    expectNoLeftovers: () =>
      vi.waitFor(async () => expect(await leftovers()).toEqual([]), { timeout: 30_000 }),
    async run(link, request) {
      return await waitFor(await start(link, request), ({ state }) => state !== 'running')
    },
    async list(path = '/') {
      const reply = await server.get(`/api/v1/files?${new URLSearchParams({ path })}`)
      const { folders, files } = endpoints.files.reply.parse(await reply.json())
      return { folders, names: files.map(({ name }) => name) }
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await site[Symbol.asyncDispose]()
    },
  }
}
