import type { ApiClient } from '#app/api/http/client.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { ListedImport } from '#contract/imports.ts'
import { importTypes } from '#contract/imports.ts'
import { type ImportJob, newJob } from './import-job.ts'
import { askedAtOnce, readTask } from './import-task.ts'

type FindOthersOptions = {
  client: ApiClient
  tabId: string
  /** Whether a listed task has a row here, had one, or may be about to get one. */
  isKnown(task: { id: string; url: string }): boolean
}

const pagesMax = 20

/**
 * The account's imports that this browser does not know, as rows: the newest page, and on as far as tasks
 * run. The same task gives the same row in each tab.
 * @throws what the call throws
 */
export async function findOthers(options: FindOthersOptions): Promise<ImportJob[]> {
  const found: ImportJob[] = []
  let offset = 0
  for (let page = 0; page < pagesMax; page += 1) {
    const reply = await options.client.call(endpoints.imports, {
      query: { offset, limit: askedAtOnce },
      ...{ lane: page === 0 ? 'person' : 'polling', purpose: 'imports' },
    })
    const others = reply.imports.filter(({ id, request: { url } }) => !options.isKnown({ id, url }))
    found.push(...others.map((task) => rowOf(task, options.tabId)))
    offset = reply.next_offset
    const isMoreRunning = reply.imports.at(-1)?.state === 'running'
    if (!reply.has_more || !isMoreRunning) break
  }
  return found
}

function rowOf(task: ListedImport, tabId: string): ImportJob {
  const { url, type, path = '', filename = '', video } = task.request
  const isOn = (value: unknown) => value === true
  const { quality, subtitles, thumbnail } = { ...(video as Record<string, unknown>) }
  const created = Date.parse(task.created_at)
  const job = newJob({
    ...{ id: `task-${task.id}`, tabId, link: url, request: task.request },
    addedAt: Number.isFinite(created) ? created : 0,
    options: {
      type: importTypes.find((one) => one === type) ?? 'auto',
      ...{
        quality: typeof quality === 'string' ? quality : 'best',
        folder: path,
        fileName: filename,
      },
      ...{ subtitles: isOn(subtitles), thumbnail: isOn(thumbnail) },
    },
  })
  const known = { ...job, taskId: task.id }
  return { ...known, ...readTask(known, task) }
}
