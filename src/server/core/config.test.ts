import { expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

function refusal(settings: Record<string, string>): string {
  try {
    readConfig(settings)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message
  }
  throw new Error('It was accepted.')
}

test.each([
  ['PORT', 'http'],
  ['PORT', '70000'],
  ['PORT', '-1'],
  ['BARKEEP_RATE_LIMIT', '0'],
  ['BARKEEP_RATE_LIMIT', '1.5'],
  ['BARKEEP_UPLOAD_MAX_BYTES', '2GB'],
  ['BARKEEP_IMPORT_CONCURRENCY', 'many'],
  ['BARKEEP_TRASH_DAYS', '-1'],
  ['BARKEEP_PUBLIC_URL', 'files.example'],
  ['BARKEEP_PUBLIC_URL', 'ftp://files.example'],
  ['BARKEEP_PUBLIC_URL', 'https://files.example/drive'],
  ['BARKEEP_TRUST_PROXY', 'proxy.example'],
  ['BARKEEP_TRUST_PROXY', '10.0.0.0/33'],
  ['BARKEEP_TRUST_PROXY', '0.0.0.0/0'],
  ['BARKEEP_TRUST_PROXY', '::ffff:0:0/96'],
  ['BARKEEP_UPSTREAM', 'https://cloudstorage.bar/api'],
  ['BARKEEP_IMPORT_ALLOW', 'http://10.0.0.1/'],
  ['BARKEEP_LOG_LEVEL', 'loud'],
  ['BARKEEP_SERVER_NAME', 'two words'],
  ['BARKEEP_DRAIN_SECONDS', '-1'],
  ['BARKEEP_METRICS', '70000'],
  ['BARKEEP_METRICS', 'http://10.0.0.5:9400'],
  ['BARKEEP_DATABASE_POOL', '1'],
])('%s=%s is refused in one line that names both', (name, value) => {
  const said = refusal({ [name]: value })
  expect(said).not.toContain('\n')
  expect(said).toContain(name)
  expect(said).toContain(value)
})

test.each([
  ['http://localhost:4999', { PORT: '4999' }],
  ['http://127.0.0.1:4999', { PORT: '4999', HOST: '0.0.0.0' }],
  ['http://[::1]:4999', { PORT: '4999', HOST: '::1' }],
  ['https://files.example', { BARKEEP_PUBLIC_URL: 'https://files.example/' }],
])('a server does not stand in front of itself: %s', (upstream, settings) => {
  expect(refusal({ ...settings, BARKEEP_UPSTREAM: upstream })).toMatch(
    /^BARKEEP_UPSTREAM must be another server /,
  )
})

test('a database that is shared wants a bucket and an address that are shared, and no password is shown', () => {
  const BARKEEP_DATABASE_URL = 'postgres://barkeep:hidden@db.example/barkeep'
  const BARKEEP_S3_BUCKET = 'files'
  expect(refusal({ BARKEEP_DATABASE_URL })).toContain('set BARKEEP_S3_BUCKET too')
  expect(refusal({ BARKEEP_DATABASE_URL, BARKEEP_S3_BUCKET })).toContain('set BARKEEP_PUBLIC_URL')
  expect(refusal({ BARKEEP_SESSION_SECRET: 'short' })).toContain('at least 43 characters')
  expect(refusal({ BARKEEP_DATABASE_URL: 'http://barkeep:hidden@db.example/x' })).not.toContain(
    'hidden',
  )
  const BARKEEP_PUBLIC_URL = 'https://files.example'
  const config = readConfig({ BARKEEP_DATABASE_URL, BARKEEP_S3_BUCKET, BARKEEP_PUBLIC_URL })
  expect(config.database).toEqual({ url: BARKEEP_DATABASE_URL, maxConnections: 10 })
})
