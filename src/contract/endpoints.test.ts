import { expect, test } from 'vitest'
import { apiErrorCodes, apiErrorStatus } from './api-error.ts'
import type { Endpoint } from './endpoint.ts'
import { endpoints } from './endpoints.ts'

const rows: [string, Endpoint][] = Object.entries(endpoints)

test('the API has its seven endpoints with the scopes of the reference', () => {
  const documented = rows
    .filter(([, row]) => row.path.startsWith('/api/v1/') && !row.isAddition)
    .map(([, { method, path, scope }]) => `${method} ${path} ${scope ?? 'any key'}`)
  expect(documented).toEqual([
    'GET /api/v1/me any key',
    'POST /api/v1/upload upload',
    'POST /api/v1/import import',
    'GET /api/v1/import/status import',
    'POST /api/v1/import/cancel import',
    'GET /api/v1/files read',
    'GET /api/v1/folders read',
  ])
})

test('no two rows answer the same request', () => {
  const requests = rows.map(([, { method, path }]) => `${method} ${path}`)
  expect(new Set(requests).size).toBe(requests.length)
})

test('everything under /api/v1 needs a key, but for opening a link, and what needs a web session is elsewhere', () => {
  for (const [name, { path, access, scope }] of rows) {
    expect(access === 'key' || name === 'openShare', name).toBe(path.startsWith('/api/v1/'))
    if (access !== 'key') expect(scope).toBeNull()
  }
})

test('a read has no body', () => {
  for (const [, { method, body }] of rows) if (method === 'GET') expect(body).toBeNull()
})

test('the error table has the thirteen codes of the reference with their statuses, and that of additions', () => {
  expect(apiErrorStatus).toEqual({
    invalid_request: 400,
    missing_auth: 401,
    invalid_key: 401,
    expired_key: 401,
    premium_required: 403,
    account_unavailable: 403,
    insufficient_scope: 403,
    not_found: 404,
    conflict: 409,
    payload_too_large: 413,
    rate_limited: 429,
    server_error: 500,
    feature_disabled: 503,
    unavailable: 503,
  })
  expect(apiErrorCodes).toHaveLength(14)
})
