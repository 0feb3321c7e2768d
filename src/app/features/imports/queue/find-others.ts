import type { ApiClient } from '#app/api/http/client.ts'
import type { Clock } from '#app/lib/clock.ts'
import { endpoints } from '#contract/endpoints.ts'
import { folderName, parseFolderPath } from '#contract/folder-path.ts'
import type { ListedImport } from '#contract/imports.ts'
import { importTypes } from '#contract/imports.ts'
import { type ImportConnection, type ImportJob, type ImportOptions, newJob } from './import-job.ts'
import { askedAtOnce, readTask } from './import-task.ts'

type OthersLookOptions = {
  clock: Clock
  tabId: string
  connection(): ImportConnection | null
  rows(): readonly ImportJob[]
  /** Tasks whose rows were taken off the list. */
  dismissed(): readonly string[]
  onFound(others: readonly ImportJob[]): void
}

/** Opening the tab again and again asks for the list no oftener. */
const lookIntervalMs = 15_000

/** Looks for the account's imports that were started elsewhere, where the server lists them. */
export function createOthersLook({ clock, connection, ...options }: OthersLookOptions) {
  let lookedAt = Number.NEGATIVE_INFINITY
  let listsImports = false

  /** A link that waits for its task may be the listed one. */
  function isKnown(task: { id: string; url: string }): boolean {
    const isOf = ({ taskId, state, link }: ImportJob) =>
      taskId === task.id || (state === 'waiting' && URL.parse(link)?.href === task.url)
    return options.rows().some(isOf) || options.dismissed().includes(task.id)
  }

  async function learn(asked: ImportConnection | null): Promise<boolean> {
    const doesList = (await asked?.listsImports?.()) ?? false
    if (connection() !== asked) return false
    listsImports = doesList
    return doesList
  }

  return {
    /** How many tasks one request can ask for. */
    askedAtOnce: () => (listsImports ? askedAtOnce : 1),
    /** Learns what this connection can do, which asks no request; the next look is not too soon after the last one. */
    async connect(): Promise<void> {
      lookedAt = Number.NEGATIVE_INFINITY
      await learn(connection())
    },
    /** Not oftener than it may have changed for who looks. @throws what the calls throw */
    async look(): Promise<void> {
      const asked = connection()
      if (!asked?.isAllowed || clock.now() - lookedAt < lookIntervalMs) return
      lookedAt = clock.now()
      if (!(await learn(asked))) return
      const { client } = asked
      const others = await findOthers({ client, tabId: options.tabId, isKnown })
      if (connection() === asked) options.onFound(others)
    },
  }
}

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
async function findOthers(options: FindOthersOptions): Promise<ImportJob[]> {
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
  const { quality, subtitles, thumbnail, ...others } = { ...(video as Record<string, unknown>) }
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
      ...readList(others),
    },
  })
  const known = { ...job, taskId: task.id }
  return { ...known, ...readTask(known, task) }
}

/** One folder for several videos is that of a list; it is called like the folder, as its title is not known. */
function readList({ folder, prefix }: Record<string, unknown>): Pick<ImportOptions, 'list'> {
  const parsed = parseFolderPath(typeof folder === 'string' ? folder : '/')
  if (!parsed.ok || parsed.value === '/') return {}
  const title = folderName(parsed.value)
  return { list: { title, folder: parsed.value, prefix: typeof prefix === 'string' ? prefix : '' } }
}
