import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Scope, scopes } from '#contract/api-keys.ts'
import { createApiKeyRepository } from '#server/api-keys/api-key-repository.ts'
import { makeApiKey } from '#server/api-keys/make-api-key.ts'
import { systemClock } from '#server/core/clock.ts'
import { type Config, readConfig } from '#server/core/config.ts'
import {
  type BarkeepServer,
  buildServer,
  type ServerDependencies,
} from '#server/start/build-server.ts'
import { databaseFor, openBeside } from './test-store.ts'
import { watchReplies } from './watch-replies.ts'

export type TestKeyOptions = {
  /** The account; made when it is not there. */
  username?: string
  plan?: 'pro' | 'free'
  isBanned?: boolean
  scopes?: Scope[]
  expiresAt?: Date
}

/** `headers` on top of the key's; `key` null sends none. */
export type TestRequest = RequestInit & { key?: string | null }

export type TestServer = AsyncDisposable & {
  readonly origin: string
  /** The owner's, with every scope. */
  readonly key: string
  readonly config: Config
  readonly dataFolder: string
  readonly server: BarkeepServer
  /** Makes a key the way the command line does: beside the running server. */
  keyWith(options: TestKeyOptions): Promise<string>
  request(path: string, init?: TestRequest): Promise<Response>
  get(path: string, init?: TestRequest): Promise<Response>
  /** Sends `body` as JSON. */
  post(path: string, body: unknown, init?: TestRequest): Promise<Response>
  upload(
    file: { name: string; folder?: string; bytes: string | Uint8Array<ArrayBuffer> },
    init?: TestRequest,
  ): Promise<Response>
  /** Ends the server and starts it again on the same data. */
  restart(): Promise<void>
  end(): Promise<void>
  /** Starts the server that was ended. */
  start(): Promise<void>
}

type Options = { config?: Partial<Config>; dependencies?: Partial<ServerDependencies> }

/** A real server on a free port with a fresh data folder; `await using` ends it and takes the folder away. */
export async function startTestServer(options: Options = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-test-'))
  const own = await databaseFor(options.config?.dataFolder ?? folder, options.config?.database)
  const config: Config = {
    ...readConfig({ PORT: '0', BARKEEP_DATA: folder, BARKEEP_LOG_LEVEL: 'silent' }),
    database: own.database,
    // Asking yt-dlp for its version costs a second of a core; who tests videos sets it to null.
    ytDlp: '/not-looked-for',
    ...options.config,
  }
  const checks: (() => void)[] = []
  const start = async () => {
    const started = await buildServer(config, options.dependencies)
    if (config.upstream === null) checks.push(watchReplies(started.app.server))
    return started
  }
  let server = await start()
  let origin = await server.listen()
  const startAgain = async () => {
    server = await start()
    origin = await server.listen()
  }
  const makeKey = (wanted: TestKeyOptions) => keyBeside(config.dataFolder, wanted)
  const key = config.upstream === null ? await makeKey({}) : ''

  const request = async (path: string, { key: asked, ...init }: TestRequest = {}) => {
    const headers = new Headers(init.headers)
    const secret = asked === undefined ? key : asked
    if (secret !== null) headers.set('authorization', `Bearer ${secret}`)
    return await fetch(origin + path, { ...init, headers })
  }
  return {
    get origin() {
      return origin
    },
    get server() {
      return server
    },
    ...{ key, config, dataFolder: config.dataFolder, keyWith: makeKey, request },
    get: request,
    post: (path, body, init = {}) =>
      request(path, {
        method: 'POST',
        body: JSON.stringify(body),
        ...init,
        headers: { 'content-type': 'application/json', ...init.headers },
      }),
    upload({ name, folder: path = '/', bytes }, init) {
      const query = new URLSearchParams({ filename: name, path })
      return request(`/api/v1/upload?${query}`, { method: 'POST', body: bytes, ...init })
    },
    async restart() {
      await server.close()
      await startAgain()
    },
    end: () => server.close(),
    start: startAgain,
    async [Symbol.asyncDispose]() {
      await server.close()
      await own[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
      // Every answer that the API gave is one that the OpenAPI document tells of.
      for (const check of checks) check()
    },
  }
}

async function keyBeside(dataFolder: string, wanted: TestKeyOptions): Promise<string> {
  const database = await openBeside({ dataFolder })
  try {
    const username = wanted.username ?? (wanted.plan || wanted.isBanned ? randomUUID() : 'owner')
    const now = new Date().toISOString()
    // Without a password: hashing one takes longer than most tests.
    await database
      .insertInto('user')
      .values({
        id: `user-${username}`,
        name: username,
        email: `${username}@test.invalid`,
        username,
        plan: wanted.plan ?? 'pro',
        banned: Number(wanted.isBanned ?? false),
        ...{ createdAt: now, updatedAt: now },
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const apiKeys = createApiKeyRepository(database)
    // A key that has expired cannot be made; it can only become one.
    const { key, secret } = await makeApiKey({ apiKeys, clock: systemClock }, `user-${username}`, {
      name: 'Test key',
      scopes: wanted.scopes ?? [...scopes],
      expires_at: null,
    })
    if (wanted.expiresAt) {
      await database
        .updateTable('api_key')
        .set({ expires_at: wanted.expiresAt.getTime() })
        .where('id', '=', key.id)
        .execute()
    }
    return secret
  } finally {
    await database.destroy()
  }
}
