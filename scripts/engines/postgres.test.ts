import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startPostgres } from './postgres.ts'

async function connects(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

test('a PostgreSQL starts on loopback, ends, comes back on its port, and leaves with its folder', async () => {
  const postgres = await startPostgres()
  try {
    expect(postgres.url).toMatch(/^postgres:\/\/barkeep:\w+@127\.0\.0\.1:\d+\/postgres$/)
    expect(await connects(postgres.url)).toBe(true)
    await postgres.pause()
    expect(await connects(postgres.url)).toBe(false)
    await postgres.restart('kill')
    expect(await connects(postgres.url)).toBe(true)
  } finally {
    await postgres.stop()
  }
  expect(await connects(postgres.url)).toBe(false)
})
