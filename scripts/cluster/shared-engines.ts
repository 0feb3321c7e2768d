import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type BucketEngine, makeBucket } from '#scripts/engines/bucket.ts'
import type { Postgres } from '#scripts/engines/postgres.ts'

/** An empty database and an empty bucket of the engines that all tests of a run share: they stay up. */
export async function sharedEngines(): Promise<{ postgres: Postgres; bucket: BucketEngine }> {
  const name = `cluster-${randomUUID().slice(0, 8)}`
  const url = new URL(await told('postgres'))
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  await client.query(`create database "${name}"`)
  await client.end()
  url.pathname = `/${name}`
  const engine = JSON.parse(await told('bucket')) as BucketEngine
  await makeBucket(engine, name)
  const refuse = () => Promise.reject(new Error('Other tests use it.'))
  const kept = { pause: refuse, restart: refuse, stop: refuse }
  return { postgres: { url: url.href, ...kept }, bucket: { ...engine, bucket: name, ...kept } }
}

async function told(engine: string): Promise<string> {
  const answer = await fetch(new URL(engine, inject('engines')))
  if (!answer.ok) throw new Error(await answer.text())
  return await answer.text()
}
