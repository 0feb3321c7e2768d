import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type { Pool, PoolClient, QueryArrayConfig, QueryConfig } from 'pg'
import type { Parameter, PreparedText, Reads } from '#server/storage/dialect.ts'
import { LostConnection, stateOf } from './postgres-errors.ts'

export type Connect = { url: string; maxConnections: number }

/** A server that is stopped in the middle of its work must not hold up the others for longer. */
const idleWithinMs = 20_000
const statementMs = 30_000

const bigint = 20
const numeric = 1700

/**
 * Connections that are made when they are needed. The package is loaded here and nowhere else: the
 * embedded store does without.
 */
export async function createPool({ url, maxConnections }: Connect): Promise<Pool> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    application_name: 'barkeep',
    // Also for one of the pool's own, when many come at once.
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    statement_timeout: statementMs,
    lock_timeout: statementMs - 5_000,
    idle_in_transaction_session_timeout: idleWithinMs,
    // What the network has swallowed never comes back.
    query_timeout: statementMs + 5_000,
    types: {
      // All of ours fit into a double: sizes, counts, milliseconds.
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === bigint || oid === numeric ? Number : pg.types.getTypeParser(oid, format)) as never,
    },
  })
  // One that breaks is replaced when the next is needed. Also one that is in use, between two of its
  // statements: whoever uses it is told by the next, and an event that nobody hears would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** What Kysely takes connections from. */
export function poolForKysely(pool: Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => new WatchedClient(await connect(pool)),
    end: () => pool.end(),
  }
}

/** @throws LostConnection where there is none within ten seconds */
async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw asOurs(error)
  }
}

function asOurs(error: unknown): unknown {
  if (stateOf(error) !== null) return error
  const message = error instanceof AggregateError ? String(error.errors[0]?.message) : String(error)
  return new LostConnection(message.replace(/^Error: /, ''), { cause: error })
}

/** Tells what went wrong with a connection from what is wrong with a statement, and gives the former up. */
class WatchedClient {
  readonly #client: PoolClient
  #isLost = false

  constructor(client: PoolClient) {
    this.#client = client
  }

  get processID(): number | undefined {
    return (this.#client as { processID?: number }).processID
  }

  query: PostgresPoolClient['query'] = ((text: string, parameters: readonly unknown[]) =>
    this.run({ text, values: withoutNul(parameters) })) as never

  async run(query: QueryConfig | QueryArrayConfig) {
    try {
      return await this.#client.query(query as QueryConfig)
    } catch (error) {
      this.#isLost ||= stateOf(error) === null
      throw asOurs(error)
    }
  }

  release(isBroken = false): void {
    this.#client.release(isBroken || this.#isLost)
  }
}

/** PostgreSQL's texts hold no U+0000, which the names of foreign files may. */
function withoutNul(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value) =>
    typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value,
  )
}

/** The reads that are prepared. Their texts are sent with each: a name for them would not outlive a pooler. */
export function createReads(pool: Pool): Reads {
  const toQuery = ({ text, asTuples }: PreparedText, parameters: Parameter[]) => ({
    text,
    values: withoutNul(parameters),
    ...(asTuples && { rowMode: 'array' as const }),
  })

  async function withClient<Result>(work: (client: WatchedClient) => Promise<Result>) {
    const client = new WatchedClient(await connect(pool))
    try {
      return await work(client)
    } finally {
      client.release()
    }
  }

  return {
    read: (query, parameters) =>
      withClient(async (client) => (await client.run(toQuery(query, parameters))).rows),
    snapshot: (work) =>
      withClient(async (client) => {
        await client.run({ text: 'start transaction isolation level repeatable read, read only' })
        try {
          const reading = work(readLater)[Symbol.iterator]()
          let step = reading.next([])
          while (!step.done) {
            const { query, parameters } = step.value
            const { rows } = await client.run(toQuery(query, parameters))
            step = reading.next(rows)
          }
          return step.value
        } finally {
          await client.run({ text: 'rollback' }).catch(() => {})
        }
      }),
  }
}

function* readLater(
  query: PreparedText,
  parameters: Parameter[],
): Generator<{ query: PreparedText; parameters: Parameter[] }, unknown[], unknown[]> {
  return yield { query, parameters }
}
