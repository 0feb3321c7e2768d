import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const bucket = { BARKEEP_S3_BUCKET: 'files' }

test('a bucket needs but its name; the rest has its defaults', () => {
  expect(readConfig({}).bucket).toBe(null)
  expect(readConfig(bucket).bucket).toEqual({
    ...{ endpoint: null, bucket: 'files', region: 'us-east-1', prefix: '', isPathStyle: false },
    ...{ credentials: null, isRedirecting: false },
  })
  const own = { ...bucket, BARKEEP_S3_ENDPOINT: 'http://s3.lan:9000/', BARKEEP_S3_PREFIX: 'a/b' }
  const more = { endpoint: 'http://s3.lan:9000', prefix: 'a/b/', isPathStyle: true }
  expect(readConfig(own).bucket).toMatchObject(more)
})

test.each([
  [{ BARKEEP_S3_ENDPOINT: 'https://s3.example' }, /BARKEEP_S3_ENDPOINT needs a bucket/],
  [{ BARKEEP_S3_BUCKET: 'a/b' }, /must be the name of a bucket/],
  [{ ...bucket, BARKEEP_S3_ENDPOINT: 's3.example' }, /must be an address like/],
  [{ ...bucket, BARKEEP_S3_ENDPOINT: 'https://me:secret@s3.example' }, /must be an address like/],
  [{ ...bucket, BARKEEP_S3_PREFIX: '/a' }, /BARKEEP_S3_PREFIX takes/],
  [{ ...bucket, BARKEEP_S3_PREFIX: 'a/../b c' }, /BARKEEP_S3_PREFIX takes/],
  [{ ...bucket, BARKEEP_S3_PATH_STYLE: 'yes' }, /must be one of on, off/],
  [{ ...bucket, BARKEEP_S3_ACCESS_KEY_ID: 'a' }, /set BARKEEP_S3_SECRET_ACCESS_KEY too/],
  [{ ...bucket, BARKEEP_S3_REDIRECT: 'all' }, /must be one of off, media/],
  [{ ...bucket, BARKEEP_S3_REDIRECT: 'media' }, /set BARKEEP_PUBLIC_URL too/],
])('%o is refused in a line', (env, message) => {
  expect(() => readConfig(env)).toThrow(message)
})

test('addresses in the bucket are given out only from another host than the app’s', () => {
  const asked = (endpoint: string, style = 'on') => ({
    ...{ ...bucket, BARKEEP_S3_REDIRECT: 'media', BARKEEP_S3_ENDPOINT: endpoint },
    ...{ BARKEEP_PUBLIC_URL: 'https://files.example', BARKEEP_S3_PATH_STYLE: style },
  })
  // Cookies do not know ports.
  for (const env of [asked('https://files.example:9000'), asked('http://example', 'off')]) {
    expect(() => readConfig(env)).toThrow(/another host than files.example/)
  }
  expect(readConfig(asked('https://s3.example')).bucket?.isRedirecting).toBe(true)
})
